#include "goals.hpp"

#include <algorithm>
#include <functional>

namespace sluice_bench {
namespace {

using Combine = std::function<double(double, double)>;

// Round by round, since both sides of a round met the same machine.
std::vector<double> each_round(const std::vector<double>& a, const std::vector<double>& b,
                               const Combine& combine) {
  std::vector<double> values;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    values.push_back(combine(a[i], b[i]));
  }
  return values;
}

double over(double a, double b) { return a / b; }

struct Judge {
  const Contest& contest;
  std::vector<Verdict> verdicts;

  std::vector<double> ratios(const char* contender, const char* row, const char* base = kOff) {
    return each_round(contest.rounds(contender, row), contest.rounds(base, row), over);
  }
  void add(std::string what, const std::vector<double>& values, double limit, const char* unit) {
    if (!values.empty()) verdicts.push_back({std::move(what), median(values), limit, unit});
  }
};

// A difference that is smaller than this is nobody's fault; larger ones are held against how far
// apart the rounds of one and the same program lie.
constexpr double kNoise = 0.03;

}  // namespace

std::vector<Verdict> judge(const Contest& contest) {
  Judge judge{contest, {}};
  judge.add("lock and unlock, nothing held", judge.ratios(kCheck, "lock"), 1.5, "x");
  judge.add("lock and unlock, two others held", judge.ratios(kCheck, "nested"), 1.6, "x");
  judge.add("two threads at their own locks, beside one",
            each_round(judge.ratios(kCheck, "two rings"), judge.ratios(kCheck, "ring"), over), 1.1,
            "x");
  judge.add("channel operation that does not park", judge.ratios(kCheck, "channel"), 1.4, "x");
  judge.add("the same, by one who took locks in an order", judge.ratios(kCheck, "channel late"),
            1.4, "x");
  judge.add("spawn",
            each_round(contest.rounds(kCheck, "spawn"), contest.rounds(kOff, "spawn"),
                       [](double a, double b) { return a - b; }),
            60, " ns");
  judge.add("full: lock and unlock, nothing held", judge.ratios(kFull, "lock"), 3.2, "x");
  judge.add("full: lock and unlock, two others held", judge.ratios(kFull, "nested"), 3.5, "x");
  for (const char* row : {"lock", "channel", "spawn"}) {
    const auto ratios = judge.ratios(kOff, row, kWithoutHooks);
    if (ratios.empty()) continue;
    const double noise = spread(contest.rounds(kWithoutHooks, row));
    judge.add(std::string("off, beside no hooks: ") + row, ratios, 1 + std::max(kNoise, noise),
              "x");
  }
  return judge.verdicts;
}

}  // namespace sluice_bench

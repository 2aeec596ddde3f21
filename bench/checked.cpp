// What checked mode costs: sluice off and at each level, a build of it without hooks, and the tools
// of others that look for deadlocks, all measured in one run. Prints tables; with --check it fails
// when a goal is missed.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

#include "goals.hpp"
#include "sluice_rows.hpp"

namespace sluice_bench {
namespace {

constexpr int kRounds = 11;
constexpr const char* kUsage =
    "usage: sluice_bench_checked [--check] [--rounds N] [--filter REGEX]\n"
    "  --check    exit 1 when a goal is missed\n"
    "  --rounds   how often each program runs (11); the more, the less other load matters\n"
    "  --filter   only the rows whose names match\n";

struct Row {
  const char* name;
  const char* what;
};
constexpr Row kRows[] = {
    {"lock", "lock and unlock, nothing held"},
    {"nested", "the same, two others held"},
    {"ring", "the same, four locks in turn"},
    {"two rings", "two threads, each four of its own"},
    {"read lock", "read lock and unlock"},
    {"channel", "channel operation, nobody waits"},
    {"channel late", "the same, after locks in an order"},
    {"spawn", "spawn, a hundred at a time"},
    {"spawn and join", "the same with a WaitGroup"},
    {"ping-pong", "unbuffered channel, round trip"},
};
constexpr std::size_t kLockRows = 4;  // that peers have too

std::string quoted(const std::string& word) { return "'" + word + "'"; }

std::string folder() {
  char path[4096];
  const ssize_t size = ::readlink("/proc/self/exe", path, sizeof path);
  const std::string all(path, size > 0 ? static_cast<std::size_t>(size) : 0);
  return all.substr(0, all.rfind('/') + 1);
}

// Those that this build has.
std::vector<Contender> find_contenders(const std::string& flags) {
  std::vector<Contender> found;
  const std::string here = folder();
  const auto add = [&](const char* name, const std::string& environment, const char* program,
                       const char* argument) {
    const std::string path = here + program;
    if (::access(path.c_str(), X_OK) != 0) {
      std::printf("not here: %s (%s is not built)\n", name, program);
      return;
    }
    found.push_back({name, environment + " " + quoted(path) + " " + argument + " " + flags});
  };
  const char* self = "sluice_bench_checked";
  add(kWithoutHooks, "SLUICE_DEBUG=off", "sluice_bench_without_hooks", "--rows");
  add(kOff, "SLUICE_DEBUG=off", self, "--rows");
  add(kWait, "SLUICE_DEBUG=wait", self, "--rows");
  // A seed each round: seeds differ in what they cost.
  add(kCheck, "SLUICE_DEBUG=check,seed={round}", self, "--rows");
  add(kFull, "SLUICE_DEBUG=full,seed={round}", self, "--rows");
  add("std::mutex", "", "sluice_bench_std", "");
  add("Abseil", "", "sluice_bench_abseil", "ignore");
  add("Abseil detecting", "", "sluice_bench_abseil", "detect");
  add("TSan", "TSAN_OPTIONS=detect_deadlocks=1", "sluice_bench_tsan", "");
  add("TSan races only", "TSAN_OPTIONS=detect_deadlocks=0", "sluice_bench_tsan", "");
  return found;
}

void print_cell(const Contest& contest, const char* contender, const char* row) {
  const auto time = contest.typical(contender, row);
  time ? std::printf(" %.1f |", *time) : std::printf(" - |");
}

void print_ratio(const Contest& contest, const char* contender, const char* base, const char* row) {
  const auto time = contest.typical(contender, row);
  const auto plain = contest.typical(base, row);
  time&& plain ? std::printf(" %.2f |", *time / *plain) : std::printf(" - |");
}

void print_tables(const Contest& contest) {
  std::printf(
      "\n| sluice, ns | no hooks | off | wait | check | full | wait/off | check/off | full/off "
      "|\n|---|---|---|---|---|---|---|---|---|\n");
  for (const Row& row : kRows) {
    if (!contest.typical(kOff, row.name)) continue;
    std::printf("| %s |", row.what);
    for (const char* each : {kWithoutHooks, kOff, kWait, kCheck, kFull}) {
      print_cell(contest, each, row.name);
    }
    for (const char* each : {kWait, kCheck, kFull}) print_ratio(contest, each, kOff, row.name);
    std::printf("\n");
  }
  std::printf(
      "\n| peers, ns | std::mutex | Abseil | Abseil detecting | TSan | TSan races only | "
      "Abseil's ratio | TSan's ratio |\n|---|---|---|---|---|---|---|---|\n");
  for (std::size_t i = 0; i < kLockRows; ++i) {
    const char* row = kRows[i].name;
    if (!contest.typical("std::mutex", row)) continue;
    std::printf("| %s |", kRows[i].what);
    for (const char* each :
         {"std::mutex", "Abseil", "Abseil detecting", "TSan", "TSan races only"}) {
      print_cell(contest, each, row);
    }
    print_ratio(contest, "Abseil detecting", "Abseil", row);
    print_ratio(contest, "TSan", "std::mutex", row);
    std::printf("\n");
  }
}

// Returns how many goals are missed.
int print_goals(const Contest& contest) {
  int missed = 0;
  std::printf("\n| goal | measured | at most | |\n|---|---|---|---|\n");
  for (const Verdict& verdict : judge(contest)) {
    missed += verdict.kept() ? 0 : 1;
    std::printf("| %s | %.2f%s | %.2f%s | %s |\n", verdict.what.c_str(), verdict.measured,
                verdict.unit.c_str(), verdict.limit, verdict.unit.c_str(),
                verdict.kept() ? "kept" : "MISSED");
  }
  return missed;
}

int compare(int argc, char** argv) {
  bool check = false;
  int rounds = kRounds;
  std::string flags = "--benchmark_repetitions=7";
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (std::strcmp(argv[i], "--check") == 0) {
      check = true;
    } else if (std::strcmp(argv[i], "--rounds") == 0 && more) {
      rounds = std::atoi(argv[++i]);
    } else if (std::strcmp(argv[i], "--filter") == 0 && more) {
      flags += " --benchmark_filter=" + quoted(argv[++i]);
    } else {
      std::fputs(kUsage, stderr);
      return 2;
    }
  }
  const std::vector<Contender> contenders = find_contenders(flags);
  Contest contest;
  for (int i = 0; i < rounds; ++i) {
    if (!contest.round(contenders)) return 1;
  }
  print_tables(contest);
  const int missed = print_goals(contest);
  std::printf("\n%d rounds, %d goals missed\n", rounds, missed);
  return check && missed > 0 ? 1 : 0;
}

}  // namespace
}  // namespace sluice_bench

int main(int argc, char** argv) {
  if (argc > 1 && std::strcmp(argv[1], "--rows") == 0) {
    return sluice_bench::measure_sluice(argc, argv);
  }
  return sluice_bench::compare(argc, argv);
}

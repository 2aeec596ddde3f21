// 4,400 goroutines, 2,400 of them lost in the ways in which goroutines get lost, the others waiting
// for what somebody can still reach: checked mode finds all of the former and none of the latter.
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/figure.hpp"

namespace {

using Ints = sluice::Chan<int>;

constexpr int kRounds = 200;
constexpr int kLost = kRounds * 12;
constexpr int kLive = kRounds * 10;

// ---- lost: each function leaves goroutines behind that nothing can wake ----

// The answer comes when nobody wants it any more.
[[gnu::noinline]] void early_return() {
  Ints answer = sluice::make_chan<int>();
  sluice::go({.name = "early return"}, [answer] { answer.send(1); });
}

// Five send, and only the first is heard.
[[gnu::noinline]] void n_cast() {
  Ints answers = sluice::make_chan<int>();
  for (int i = 0; i < 5; ++i) {
    sluice::go({.name = "n-cast"}, [answers, i] { answers.send(i); });
  }
  answers.recv();
}

// Three work on jobs until there are no more, which nobody says.
[[gnu::noinline]] void range_without_close() {
  Ints jobs = sluice::make_chan<int>();
  for (int i = 0; i < 3; ++i) {
    sluice::go({.name = "range without close"}, [jobs] {
      for ([[maybe_unused]] const int job : jobs) sluice::yield();
    });
  }
  for (int i = 0; i < 6; ++i) jobs.send(i);
}

// Two that share an object wait for each other.
struct Exchange {
  Ints question = sluice::make_chan<int>();
  Ints answer = sluice::make_chan<int>();
  int asked = 0;
};
[[gnu::noinline]] void heap_held_pair() {
  auto shared = std::make_shared<Exchange>();
  sluice::go({.name = "heap-held pair"}, [shared] {
    shared->asked += shared->answer.recv().value_or(0);
    shared->question.send(1);
  });
  sluice::go({.name = "heap-held pair"}, [shared] {
    shared->asked += shared->question.recv().value_or(0);
    shared->answer.send(1);
  });
}

// The same with handles of their own.
[[gnu::noinline]] void two_cycle() {
  Ints there = sluice::make_chan<int>(), back = sluice::make_chan<int>();
  sluice::go({.name = "two-cycle"}, [=] { there.recv(), back.send(1); });
  sluice::go({.name = "two-cycle"}, [=] { back.recv(), there.send(1); });
}

// ---- live ----

std::atomic<int> g_came_back{0};
Ints g_work;

void wait_for_global() {
  for (int i = 0; i < 4; ++i) {
    sluice::go({.name = "global channel"}, [work = g_work] {
      while (work.recv()) {
      }
      ++g_came_back;
    });
  }
}

class Service {
 public:
  void start() {
    for (int i = 0; i < 4; ++i) sluice::go({.name = "service object"}, [this] { serve(); });
  }
  void stop() { requests_.close(); }

 private:
  void serve() {
    for (const int request : requests_) served_ += request;
    ++g_came_back;
  }
  Ints requests_ = sluice::make_chan<int>();
  std::atomic<int> served_{0};
};

// Only the parent has the channel, on its stack; the child, which will come, knows it by reference.
void parent_and_child() {
  sluice::go({.name = "parent"}, [] {
    Ints answer = sluice::make_chan<int>();
    sluice::go({.name = "child"}, [&answer] {
      g_work.recv();
      ++g_came_back;
      answer.send(1);
    });
    answer.recv();
    ++g_came_back;
  });
}

[[gnu::noinline]] void lose_goroutines() {
  for (int i = 0; i < kRounds; ++i) {
    early_return();
    n_cast();
    range_without_close();
    heap_held_pair();
    two_cycle();
  }
}

bool all_parked() {
  return sluice::num_goroutines() == kLost + kLive + 1 &&
         sluice::test::parked("chan receive") + sluice::test::parked("chan send") == kLost + kLive;
}

SLUICE_CHILD(leaves_and_keeps_goroutines) {
  return sluice::run([] {
    g_work = sluice::make_chan<int>();
    std::vector<std::unique_ptr<Service>> services;
    for (int i = 0; i < kRounds; ++i) {
      wait_for_global();
      services.push_back(std::make_unique<Service>());
      services.back()->start();
      parent_and_child();
    }
    lose_goroutines();
    if (!sluice::test::eventually([] { return all_parked(); })) return 1;
    const sluice::TimePoint start = sluice::Clock::now();
    const std::size_t found = sluice::debug::check_leaks();
    const std::chrono::duration<double, std::milli> took = sluice::Clock::now() - start;
    sluice::test::figure("%zu of %d lost goroutines found, beside %d live ones, in %.0f ms", found,
                         kLost, kLive, took.count());
    if (found != kLost) return 2;
    // What was reported in between must not refer to them.
    for (int again = 0; again < 3; ++again) {
      if (sluice::debug::check_leaks() != kLost) return 4;
    }
    // Those that were spared were rightly so: they come back when they are let go.
    g_work.close();
    for (const auto& service : services) service->stop();
    return sluice::test::eventually([] { return g_came_back == kLive; }) ? 0 : 3;
  });
}

// How many goroutines of each name the reports tell of, in the text that ends each.
std::map<std::string, int> told_by_name(const std::filesystem::path& folder) {
  const std::regex group(
      R"RE(goroutine [0-9]+ \\"([^"]*)\\"(?: and ([0-9]+) others? like it)?  (?:send|recv))RE");
  std::map<std::string, int> told;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".jsonl") continue;
    std::ifstream lines(entry.path());
    for (std::string line; std::getline(lines, line);) {
      EXPECT_NE(line.find("\"code\":\"SL202\""), std::string::npos) << line;
      const std::string text = line.substr(line.rfind("\"text\":"));
      for (std::sregex_iterator at(text.begin(), text.end(), group), end; at != end; ++at) {
        told[(*at)[1]] += 1 + ((*at)[2].matched ? std::stoi((*at)[2]) : 0);
      }
    }
  }
  return told;
}

class LeakPatterns : public testing::TestWithParam<const char*> {};

TEST_P(LeakPatterns, AllThatIsLostIsFoundAndNothingElse) {
  char name[] = "/tmp/sluice_leaks_XXXXXX";
  ASSERT_NE(::mkdtemp(name), nullptr);
  const std::filesystem::path folder = name;
  const auto child = sluice::test::run_child(
      leaves_and_keeps_goroutines,
      {{"SLUICE_DEBUG", "check,report=" + folder.string()}, {"SLUICE_WORKERS", GetParam()}});
  std::fputs(child.out.c_str(), stdout);
  EXPECT_EQ(child.status, 0) << "1: not all got there, 2: not as many as are lost were found, "
                                "3: not all that live came back, 4: other numbers at later scans\n"
                             << child.err;
  const std::map<std::string, int> expected{{"early return", kRounds},
                                            {"n-cast", kRounds * 4},
                                            {"range without close", kRounds * 3},
                                            {"heap-held pair", kRounds * 2},
                                            {"two-cycle", kRounds * 2}};
  EXPECT_EQ(told_by_name(folder), expected) << child.err;
  EXPECT_EQ(child.err.find("[SL999]"), std::string::npos) << child.err;
  std::filesystem::remove_all(folder);
}
INSTANTIATE_TEST_SUITE_P(Workers, LeakPatterns, testing::Values("1", "2", "4"));

}  // namespace

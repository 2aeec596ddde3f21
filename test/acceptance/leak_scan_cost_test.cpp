// How long it takes to ask whether 100,000 parked goroutines can go on, beside a heap of 1 GiB. All
// threads of the program stand still meanwhile.
#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "sluice/sluice.hpp"
#include "support/child.hpp"
#include "support/eventually.hpp"
#include "support/figure.hpp"

namespace {

constexpr int kParked = 100'000;
constexpr int kServices = 1'000;
constexpr int kLost = 50;
constexpr std::size_t kHeap = std::size_t{1} << 30;
constexpr int kScans = 4;
// Goals for a quiet machine with two processors. Others may want those, and the memory's bandwidth:
// of several scans the shortest counts, and three times the goal fails.
constexpr double kGoalMs = 300;
constexpr double kGoalOfSmallMs = 600;  // twelve times as many blocks
constexpr double kFails = 3;

// Blocks of 64 B to 64 KiB, each power of two as often as any other, or half as often as the one
// before when most are to be `small`. Of four words one points to another block, mostly to one that
// was made at about the same time; the others are numbers, and text.
class Heap {
 public:
  Heap(std::size_t bytes, unsigned one_in, bool small) {
    std::size_t made = 0;
    while (made < bytes) {
      std::size_t size = std::size_t{64} << next() % 11;
      if (small) size = std::size_t{64} << std::countr_one(next() % 1024);
      size -= next() % (size / 4) / 8 * 8;
      blocks_.push_back({static_cast<std::uintptr_t*>(std::malloc(size)), size / 8});
      made += size;
    }
    for (std::size_t at = 0; at < blocks_.size(); ++at) fill(at, one_in);
  }
  std::size_t blocks() const { return blocks_.size(); }
  const void* root() const { return blocks_.front().words; }

 private:
  struct Block {
    std::uintptr_t* words;
    std::size_t size;
  };
  void fill(std::size_t at, unsigned one_in) {
    constexpr std::size_t kNear = 1000;
    const Block& block = blocks_[at];
    for (std::size_t i = 0; i < block.size; ++i) {
      const std::uint64_t bits = next();
      if (i > 0 && bits % one_in != 0) {
        block.words[i] = i % 3 == 0 ? 0x6563696c73206e69 : bits >> 40;
        continue;
      }
      const std::size_t near = std::min(at + (bits >> 8) % kNear, blocks_.size() - 1);
      const std::size_t to = bits >> 62 == 0 ? (bits >> 8) % blocks_.size() : near;
      block.words[i] = reinterpret_cast<std::uintptr_t>(
          blocks_[i == 0 ? std::min(at + 1, blocks_.size() - 1) : to].words);
    }
  }
  std::uint64_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 7;
    state_ ^= state_ << 17;
    return state_;
  }
  std::vector<Block> blocks_;
  std::uint64_t state_ = 0x9e3779b97f4a7c15;
};

struct Service {
  sluice::Chan<int> requests = sluice::make_chan<int>();
  int served = 0;
};

[[gnu::noinline]] void lose() {
  for (int i = 0; i < kLost; ++i) {
    auto answer = sluice::make_chan<int>();
    sluice::go([answer] { answer.send(1); });
  }
}

int scan_beside_a_heap(unsigned one_in, bool small, double goal) {
  return sluice::run([=] {
    const auto heap = std::make_unique<Heap>(kHeap, one_in, small);
    std::vector<std::unique_ptr<Service>> services(kServices);
    for (auto& service : services) service = std::make_unique<Service>();
    for (int i = 0; i < kParked - kLost; ++i) {
      sluice::go([service = services[i % kServices].get()] {
        while (const auto request = service->requests.recv()) service->served += *request;
      });
    }
    lose();
    if (!sluice::test::eventually([] {
          return sluice::test::parked("chan receive") + sluice::test::parked("chan send") ==
                 kParked;
        }))
      return 1;
    double shortest = 1e9;
    for (int i = 0; i < kScans; ++i) {
      const sluice::TimePoint start = sluice::Clock::now();
      if (sluice::debug::check_leaks() != kLost) return 2;
      const std::chrono::duration<double, std::milli> took = sluice::Clock::now() - start;
      shortest = std::min(shortest, took.count());
    }
    sluice::test::figure(
        "%d parked goroutines, 1 GiB in %zu blocks, one word in %u a pointer: leak scan %.0f ms "
        "(goal: %.0f)",
        kParked, heap->blocks(), one_in, shortest, goal);
    for (auto& service : services) service->requests.close();
    if (!sluice::test::eventually([] { return sluice::num_goroutines() == kLost + 1; })) return 3;
    return shortest <= kFails * goal ? 0 : 4;
  });
}
SLUICE_CHILD(scans_a_heap) { return scan_beside_a_heap(4, false, kGoalMs); }
SLUICE_CHILD(scans_a_heap_of_small_blocks) { return scan_beside_a_heap(4, true, kGoalOfSmallMs); }

void expect_scan(const sluice::test::Child& scan) {
  const auto child = sluice::test::run_child(scan, {{"SLUICE_DEBUG", "check"}});
  std::fputs(child.out.c_str(), stdout);
  EXPECT_EQ(child.status, 0) << "1: not all parked, 2: not as many as are lost were found, 3: not "
                                "all came back, 4: too slow\n"
                             << child.err;
}

TEST(Acceptance, LeakScanBesideAGibibyte) { expect_scan(scans_a_heap); }
TEST(Acceptance, LeakScanBesideAGibibyteOfSmallBlocks) {
  expect_scan(scans_a_heap_of_small_blocks);
}

}  // namespace

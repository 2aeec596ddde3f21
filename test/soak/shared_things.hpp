// What the goroutines of a soak share, and what must be true of it in the end; and the walk of one
// of them through it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "sluice/sluice.hpp"
#include "support/seed.hpp"

namespace sluice::soak {

// A set of values that forgets which they are, but not that one is missing or there twice.
struct Tally {
  std::atomic<std::uint64_t> count{0};
  std::atomic<std::uint64_t> sum{0};
  void add(std::uint64_t value);
};

struct Balance {
  std::atomic<std::uint64_t> begun{0};
  std::atomic<std::uint64_t> ended{0};
};

// A lock, and who is inside by the count of those who are.
struct GuardedPlace {
  RWMutex mu;
  std::atomic<int> readers{0};
  std::atomic<int> writers{0};
};

// A context that anybody may cancel, after which somebody puts a new one in its place.
struct ContextPlace {
  Mutex mu;
  std::shared_ptr<const Cancellable> current SLUICE_GUARDED_BY(mu);
};

struct SharedThings {
  static constexpr std::size_t kOfEach = 64;
  static constexpr std::int64_t kUnits = 3;

  SharedThings();
  // Once nobody else uses it: waits for what is still under way, and checks all balances.
  void finish();
  std::string told() const;

  std::array<Chan<std::uint64_t>, kOfEach> channels;
  std::array<GuardedPlace, kOfEach> places;
  std::array<ContextPlace, kOfEach> contexts;
  Semaphore semaphore{kUnits};
  std::atomic<std::int64_t> units_out{0};
  std::atomic<std::uint64_t> operations{0};
  Tally sent;
  Tally received;
  Balance children;  // goroutines started on the way
  Balance calls;     // of AfterFunc and after_func: made, and called or called off
  WaitGroup under_way;
};

class Walk {
 public:
  Walk(SharedThings& things, std::uint64_t seed, std::uint32_t id)
      : things_(things), random_(seed, id), id_(id) {}
  // One operation, chosen at random. Whatever it waits for, it waits for a timer or a context too.
  void step();

 private:
  std::size_t anywhere() { return random_.below(SharedThings::kOfEach); }
  std::chrono::microseconds moment(std::uint64_t most) {
    return std::chrono::microseconds(random_.below(most));
  }
  Context context(std::size_t at);
  void send();
  void receive();
  void write();
  void read();
  void start_child();
  void call_later();
  void call_after_context();
  void cancel();
  void take_units();

  SharedThings& things_;
  test::Random random_;
  const std::uint32_t id_;
  std::uint32_t sent_ = 0;
};

}  // namespace sluice::soak

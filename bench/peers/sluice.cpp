// sluice.
#include "sluice/sluice.hpp"

#include <array>
#include <optional>

#include "kit_rows.hpp"

namespace {

using namespace std::chrono_literals;

struct Kit {
  using Group = sluice::WaitGroup;
  using Mutex = sluice::Mutex;
  using SharedMutex = sluice::RWMutex;
  using Cond = sluice::Cond;
  template <class T>
  class Chan {
   public:
    explicit Chan(std::size_t capacity) : chan_(sluice::make_chan<T>(capacity)) {}
    void send(T value) { chan_.send(value); }
    bool recv(T& value) {
      const std::optional<T> got = chan_.recv();
      if (got) value = *got;
      return got.has_value();
    }
    void close() { chan_.close(); }

   private:
    sluice::Chan<T> chan_;
  };
  static void yield() { sluice::yield(); }
  static void sleep(auto time) { sluice::sleep_for(time); }
};

// A goroutine waits for all of the channels; another sends to one after the other.
template <std::size_t... kIndex>
double select_blocking(std::index_sequence<kIndex...>) {
  constexpr int kCount = 200'000, kWidth = sizeof...(kIndex);
  return peers::per_operation(kCount, [] {
    std::array<sluice::Chan<int>, kWidth> chans;
    for (auto& chan : chans) chan = sluice::make_chan<int>();
    sluice::WaitGroup group;
    group.go([chans] {
      for (int i = 0; i < kCount; ++i) chans[i % kWidth].send(i);
    });
    std::optional<int> value;
    for (int i = 0; i < kCount; ++i) sluice::select(sluice::on_recv(chans[kIndex], value)...);
    group.wait();
  });
}

// One of them has a value in its buffer.
template <std::size_t... kIndex>
double select_ready(std::index_sequence<kIndex...>) {
  constexpr int kCount = 1'000'000, kWidth = sizeof...(kIndex);
  return peers::per_operation(kCount, [] {
    std::array<sluice::Chan<int>, kWidth> chans;
    for (auto& chan : chans) chan = sluice::make_chan<int>(1);
    std::optional<int> value;
    for (int i = 0; i < kCount; ++i) {
      chans[i % kWidth].send(i);
      sluice::select(sluice::on_recv(chans[kIndex], value)...);
    }
  });
}

double timers(int live) {
  constexpr int kCount = 500'000;
  std::vector<std::unique_ptr<sluice::AfterFunc>> others;
  for (int i = 0; i < live; ++i) {
    others.push_back(std::make_unique<sluice::AfterFunc>(1h + std::chrono::seconds(i), [] {}));
  }
  const double each = peers::per_operation(kCount, [] {
    for (int i = 0; i < kCount; ++i) {
      sluice::AfterFunc timer(1h, [] {});
      timer.stop();
    }
  });
  for (auto& other : others) other->stop();
  return each;
}

peers::Rows rows() {
  peers::Rows all;
  peers::Tasks<Kit>::add(all);
  peers::Locks<Kit>::add(all);
  peers::Channels<Kit>::add(all);
  all["select 2"] = [] { return select_blocking(std::make_index_sequence<2>()); };
  all["select 8"] = [] { return select_blocking(std::make_index_sequence<8>()); };
  all["select 2 ready"] = [] { return select_ready(std::make_index_sequence<2>()); };
  all["select 8 ready"] = [] { return select_ready(std::make_index_sequence<8>()); };
  all["timer"] = [] { return timers(0); };
  all["timer of 10000"] = [] { return timers(10'000); };
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  return peers::main_of(argc, argv, &rows, [](int workers, auto body) {
    sluice::Options options;
    options.workers = workers;
    sluice::run(options, body);
  });
}

// sluice.
#include "sluice/sluice.hpp"

#include <array>
#include <optional>
#include <span>

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

// Of `all` selects that many are enough when a select takes as long as one of `width` does.
constexpr int enough(int all, int width) { return all / std::max(1, width / 8); }

// A goroutine waits for all of the channels; another sends to one after the other.
template <std::size_t... kIndex>
double select_blocking(std::index_sequence<kIndex...>) {
  constexpr int kWidth = sizeof...(kIndex), kCount = enough(200'000, kWidth);
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
  constexpr int kWidth = sizeof...(kIndex), kCount = enough(1'000'000, kWidth);
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

template <std::size_t... kWidth>
void add_select(peers::Rows& rows) {
  const auto add = [&](auto chans) {
    const std::string name = "select " + std::to_string(chans.size());
    rows[name] = [=] { return select_blocking(chans); };
    rows[name + " ready"] = [=] { return select_ready(chans); };
  };
  (add(std::make_index_sequence<kWidth>()), ...);
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

// Processor time of each of `count` timers that call within ten milliseconds.
double timers_due(int count) {
  constexpr int kTimes = 20;
  std::minstd_rand random(1);
  const auto all = [&] {
    sluice::WaitGroup group;
    group.add(count);
    for (int i = 0; i < count; ++i) {
      sluice::AfterFunc(std::chrono::microseconds(1000 + random() % 9000), [&] { group.done(); });
    }
    group.wait();
  };
  all();
  const double before = peers::processor_time();
  for (int i = 0; i < kTimes; ++i) all();
  return (peers::processor_time() - before) / (kTimes * static_cast<double>(count)) * 1e9;
}

// Reads `size` bytes; false at the end.
bool read_all(const sluice::Conn& conn, char* into, std::size_t size) {
  while (size > 0) {
    const sluice::IoResult got = conn.read(std::span(into, size));
    if (!got) return false;
    into += got.size;
    size -= got.size;
  }
  return true;
}

// 64 connections over loopback, and on each 64 bytes there and back again and again.
double echo() {
  constexpr int kConnections = 64, kTrips = 500;
  constexpr std::size_t kSize = 64;
  const auto [listener, error] = sluice::listen("tcp", "127.0.0.1:0");
  sluice::WaitGroup servers;
  std::vector<sluice::Conn> clients;
  for (int i = 0; i < kConnections; ++i) {
    clients.push_back(sluice::dial("tcp", listener.address()).conn);
    servers.go([conn = listener.accept().conn] {
      std::array<char, kSize> buffer;
      while (read_all(conn, buffer.data(), kSize)) {
        if (!conn.write({buffer.data(), kSize})) return;
      }
    });
  }
  const double each = peers::per_operation(kConnections * kTrips, [&] {
    sluice::WaitGroup group;
    for (const sluice::Conn& conn : clients) {
      group.go([conn] {
        std::array<char, kSize> buffer{};
        for (int trip = 0; trip < kTrips; ++trip) {
          (void)conn.write({buffer.data(), kSize});
          read_all(conn, buffer.data(), kSize);
        }
      });
    }
    group.wait();
  });
  for (const sluice::Conn& conn : clients) (void)conn.close();
  servers.wait();
  return each;
}

peers::Rows rows() {
  peers::Rows all;
  peers::Tasks<Kit>::add(all);
  peers::Locks<Kit>::add(all);
  peers::Channels<Kit>::add(all);
  add_select<1, 2, 4, 8, 16, 32, 64>(all);
  all["echo of 64"] = &echo;
  all["timer"] = [] { return timers(0); };
  for (int count = 1; count <= 10'000; count *= 10) {
    all["timer of " + std::to_string(count)] = [=] { return timers(count); };
    all["due of " + std::to_string(count)] = [=] { return timers_due(count); };
  }
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

// Signals, sent to channels: a handler notes them and makes a descriptor readable; whoever hears of
// that descriptor sends them on, on a worker, as it would wake a goroutine.
#include "net/signals.hpp"

#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstdint>
#include <mutex>
#include <vector>

#include "base/own_calls.hpp"
#include "base/thread_mutex.hpp"
#include "net/error.hpp"
#include "net/poller.hpp"
#include "sched/event_source.hpp"
#include "sched/park.hpp"
#include "sluice/net.hpp"

namespace sluice {

using namespace detail;

namespace {

constexpr int kMostSignals = 64;

constexpr std::uint64_t bit(int signal) noexcept { return std::uint64_t{1} << (signal - 1); }

struct Subscription {
  SendChan<int> to;
  std::uint64_t signals;
};

// Set by the handler, taken by whoever hears of it.
std::atomic<std::uint64_t> g_pending{0};
std::atomic<int> g_bell{-1};  // an eventfd; made once and kept

base::ThreadMutex g_lock;  // guards the three below
std::vector<Subscription>& subscriptions() {
  static auto* all = new std::vector<Subscription>;
  return *all;
}
std::uint64_t g_caught = 0;  // those whose handler is ours
std::array<struct sigaction, kMostSignals> g_before;

void on_signal(int signal) {
  const int saved = errno;
  g_pending.fetch_or(bit(signal), std::memory_order_release);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t size =
      base::own_write(g_bell.load(std::memory_order_relaxed), &one, sizeof one);
  errno = saved;
}

void heard(Descriptor&, std::uint32_t) noexcept {
  std::uint64_t rings;
  [[maybe_unused]] const ssize_t size =
      base::own_read(g_bell.load(std::memory_order_relaxed), &rings, sizeof rings);
  std::uint64_t pending = g_pending.exchange(0, std::memory_order_acquire);
  const std::lock_guard guard(g_lock);
  for (; pending != 0; pending &= pending - 1) {
    int signal = std::countr_zero(pending) + 1;
    for (const Subscription& each : subscriptions()) {
      if ((each.signals & bit(signal)) != 0) chan_try_send(core_of(each.to), &signal);
    }
  }
}

// Under g_lock, as are the two below.
std::error_code make_bell() noexcept {
  if (g_bell.load(std::memory_order_relaxed) >= 0) return {};
  const int bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (bell < 0) return last_error();
  const std::error_code error = watch_for_ever(bell, &heard);
  if (error) {
    ::close(bell);
  } else {
    g_bell.store(bell, std::memory_order_release);
  }
  return error;
}

std::error_code catch_signal(int signal) noexcept {
  if ((g_caught & bit(signal)) != 0) return {};
  struct sigaction action {};
  action.sa_handler = &on_signal;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigfillset(&action.sa_mask);
  if (sigaction(signal, &action, &g_before.at(static_cast<std::size_t>(signal) - 1)) != 0) {
    return last_error();
  }
  g_caught |= bit(signal);
  return {};
}

// Those that go to no channel any more.
void release_signals() noexcept {
  std::uint64_t wanted = 0;
  for (const Subscription& each : subscriptions()) wanted |= each.signals;
  for (std::uint64_t left = g_caught & ~wanted; left != 0; left &= left - 1) {
    const int index = std::countr_zero(left);
    sigaction(index + 1, &g_before.at(static_cast<std::size_t>(index)), nullptr);
  }
  g_caught &= wanted;
}

Subscription& subscription_of(const SendChan<int>& to) {
  auto& all = subscriptions();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Subscription& each) { return each.to == to; });
  if (found != all.end()) return *found;
  if (all.empty()) expect_event();
  return all.emplace_back(Subscription{to, 0});
}

// Gives back the channels, which must not go under the lock.
template <class Which>
std::vector<Subscription> unsubscribe(Which which) {
  const std::lock_guard guard(g_lock);
  auto& all = subscriptions();
  if (all.empty()) return {};
  const auto kept = std::partition(all.begin(), all.end(),
                                   [&](const Subscription& each) { return !which(each); });
  std::vector<Subscription> gone(std::make_move_iterator(kept), std::make_move_iterator(all.end()));
  all.erase(kept, all.end());
  if (all.empty()) expect_event_no_more();
  release_signals();
  return gone;
}

std::error_code subscribe(const SendChan<int>& to, std::initializer_list<int> signals) {
  const std::lock_guard guard(g_lock);
  if (const std::error_code error = make_bell()) return error;
  Subscription& subscription = subscription_of(to);
  for (const int signal : signals) {
    if (const std::error_code error = catch_signal(signal)) return error;
    subscription.signals |= bit(signal);
  }
  return {};
}

}  // namespace

namespace detail {

void signals_clear() noexcept {
  unsubscribe([](const Subscription&) { return true; });
}

}  // namespace detail

std::error_code signal_notify(const SendChan<int>& to, std::initializer_list<int> signals) {
  const auto exists = [](int signal) { return signal > 0 && signal <= kMostSignals; };
  if (!to || !std::all_of(signals.begin(), signals.end(), exists)) {
    return std::make_error_code(std::errc::invalid_argument);
  }
  const std::error_code error = subscribe(to, signals);
  if (error) unsubscribe([](const Subscription& each) { return each.signals == 0; });
  if (!on_worker()) event_awaited();
  return error;
}

void signal_stop(const SendChan<int>& to) noexcept {
  unsubscribe([&](const Subscription& each) { return each.to == to; });
}

}  // namespace sluice

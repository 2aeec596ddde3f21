// Waiting for the first of several channel operations. As in Go (runtime/select.go) all channels
// are locked in address order, so that the select acts at one instant; a case that is ready is
// found without that most of the time.
#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <vector>

#include "chan/chan_core.hpp"
#include "sluice/panic.hpp"

namespace sluice::detail {
namespace {

constexpr std::size_t kMaxCases = 65'535;
constexpr std::size_t kInlineCases = 8;

// `count` objects on the stack if they are few, else on the heap.
template <class T>
class Scratch {
 public:
  explicit Scratch(std::size_t count) {
    if (count > kInlineCases) heap_ = std::make_unique<T[]>(count);
  }
  T* get() noexcept { return heap_ != nullptr ? heap_.get() : inline_.data(); }

 private:
  std::array<T, kInlineCases> inline_;
  std::unique_ptr<T[]> heap_;
};

// The channels of a select, each once, in address order.
struct LockSet {
  ChanCore** channels;
  std::size_t count;

  void lock() noexcept {
    for (std::size_t i = 0; i < count; ++i) base::spin_lock(channels[i]->lock);
  }
  void unlock() noexcept {
    for (std::size_t i = count; i-- > 0;) {
      channels[i]->check();
      base::spin_unlock(channels[i]->lock);
    }
  }
};

LockSet lock_order(std::span<SelectCase> cases, ChanCore** into) noexcept {
  std::size_t count = 0;
  for (const SelectCase& each : cases) {
    if (each.chan != nullptr) into[count++] = each.chan;
  }
  std::sort(into, into + count);
  return {into, static_cast<std::size_t>(std::unique(into, into + count) - into)};
}

enum class Step : std::uint8_t { not_ready, done, closed };

// Tries one case under its channel's lock.
Step step(SelectCase& each, Goroutine*& wake) noexcept {
  if (each.mode == AccessMode::send) {
    switch (send_step(*each.chan, each.element, wake)) {
      case SendResult::not_ready:
        return Step::not_ready;
      case SendResult::done:
        return Step::done;
      case SendResult::closed:
        return Step::closed;
    }
  }
  const TryResult result = recv_step(*each.chan, each.element, wake);
  each.received = result == TryResult::done;
  return result == TryResult::not_ready ? Step::not_ready : Step::done;
}

// The cases from a random one on. Each of k ready cases goes equally often only if the order is a
// random permutation: going round from a random start would favour the one after a gap of cases
// that are not ready. One draw tells all orders of a few cases apart: a fraction whose digits, to
// the bases 2, 3, 4 and so on, are the choices.
struct RandomOrder {
  explicit RandomOrder(std::size_t count) : scratch(count) {
    static constexpr std::uint32_t kOrders[] = {1, 1, 2, 6, 24, 120, 720, 5040, 40'320};
    static constexpr auto kShares = [] {  // no division in each select
      std::array<std::uint32_t, std::size(kOrders)> shares{};
      for (std::size_t i = 2; i < shares.size(); ++i) {
        shares[i] = static_cast<std::uint32_t>((std::uint64_t{1} << 32) / kOrders[i]);
      }
      return shares;
    }();
    const std::size_t few = std::min(count, std::size(kOrders) - 1);
    // In the middle of its share of 2^32, so that rounding leaves it there.
    std::uint64_t fraction = 0;
    if (few > 1) {
      const std::uint64_t share = kShares[few];
      fraction = random_below(kOrders[few]) * share + share / 2;
    }
    std::uint16_t* order = scratch.get();
    const auto put = [order](std::size_t i, std::uint64_t other) {
      order[i] = order[other];
      order[other] = static_cast<std::uint16_t>(i);
    };
    if (count > 0) order[0] = 0;
    for (std::size_t i = 1; i < few; ++i) {
      fraction *= i + 1;
      put(i, fraction >> 32);
      fraction &= UINT32_MAX;
    }
    for (std::size_t i = few; i < count; ++i) {
      put(i, random_below(static_cast<std::uint32_t>(i + 1)));
    }
  }
  Scratch<std::uint16_t> scratch;
};

struct Outcome {
  int index = -1;
  bool closed = false;
  Goroutine* wake = nullptr;
};

// Before any of them can be seen, as it is not known yet which one will go.
void tell_sends(std::span<SelectCase> cases, const CallSite& site) noexcept {
  if (!observed()) return;
  for (const SelectCase& each : cases) {
    if (each.chan != nullptr && each.mode == AccessMode::send) {
      tell_sending(*self(), *each.chan, site);
    }
  }
}

Outcome finish(Outcome outcome, std::span<SelectCase> cases, const CallSite& site) {
  if (outcome.wake != nullptr) ready(outcome.wake);
  if (outcome.index >= 0 && observed()) {
    const SelectCase& went = cases[static_cast<std::size_t>(outcome.index)];
    if (went.mode == AccessMode::receive) {
      tell_received(*self(), *went.chan, site);
    }
  }
  if (outcome.closed) {
    ChanCore& chan = *cases[static_cast<std::size_t>(outcome.index)].chan;
    if (observed()) emit(EventKind::chan_send_on_closed, chan.object(AccessMode::send), site);
    throw_panic("send on closed channel");
  }
  return outcome;
}

// Under the locks of all cases, or with `lock_each` taking one after the other.
Outcome try_cases(std::span<SelectCase> cases, const std::uint16_t* order,
                  bool lock_each) noexcept {
  Outcome outcome;
  for (std::size_t i = 0; i < cases.size() && outcome.index < 0; ++i) {
    SelectCase& each = cases[order[i]];
    if (each.chan == nullptr) continue;
    if (lock_each) base::spin_lock(each.chan->lock);
    const Step result = step(each, outcome.wake);
    if (lock_each) base::spin_unlock(each.chan->lock);
    if (result == Step::not_ready) continue;
    outcome.index = order[i];
    outcome.closed = result == Step::closed;
  }
  return outcome;
}

void check_cases(std::span<SelectCase> cases) {
  if (cases.size() > kMaxCases) throw_panic("sluice: select of more than 65535 cases");
  for (const SelectCase& each : cases) {
    if (each.chan != nullptr) refresh(*each.chan);
  }
}

// Sources keep their channels fed while the select waits; the earliest due is when it ends by
// itself.
class ListeningAll {
 public:
  explicit ListeningAll(std::span<SelectCase> cases) noexcept : cases_(cases) {
    for (const SelectCase& each : cases_) {
      if (!fed(each)) continue;
      each.chan->source->attach();
      const std::int64_t due = each.chan->source->due();
      if (due != 0 && (until_ == 0 || due < until_)) until_ = due;
    }
  }
  ~ListeningAll() {
    for (const SelectCase& each : cases_) {
      if (fed(each)) each.chan->source->detach();
    }
  }
  ListeningAll(const ListeningAll&) = delete;
  ListeningAll& operator=(const ListeningAll&) = delete;
  std::int64_t until() const noexcept { return until_; }

 private:
  static bool fed(const SelectCase& each) noexcept {
    return each.chan != nullptr && each.chan->source != nullptr;
  }
  std::span<SelectCase> cases_;
  std::int64_t until_ = 0;
};

// Queues on every channel and parks; the channels are locked on entry and free on return.
Outcome wait_for_any(std::span<SelectCase> cases, LockSet& locks, ChanWaiter* waiters) noexcept {
  SelectWait select;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].chan == nullptr) continue;
    ChanWaiter& waiter = waiters[i];
    waiter.goroutine = self();
    waiter.element = cases[i].element;
    waiter.select = &select;
    join(cases[i].mode == AccessMode::send ? cases[i].chan->senders : cases[i].chan->receivers,
         waiter);
  }
  park(
      WaitReason::select, [](void* set) { static_cast<LockSet*>(set)->unlock(); }, &locks);
  locks.lock();
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (cases[i].chan == nullptr) continue;
    leave(cases[i].mode == AccessMode::send ? cases[i].chan->senders : cases[i].chan->receivers,
          waiters[i]);
  }
  locks.unlock();
  Outcome outcome;
  outcome.index = static_cast<int>(select.winner - waiters);
  SelectCase& chosen = cases[static_cast<std::size_t>(outcome.index)];
  chosen.received = select.winner->succeeded;
  outcome.closed = chosen.mode == AccessMode::send && !select.winner->succeeded;
  return outcome;
}

void park_for_ever(const CallSite& site) noexcept {
  const ParkScope waiting(WaitReason::select_no_cases, {}, site);
  park(
      WaitReason::select_no_cases, [](void*) {}, nullptr);
}

std::vector<ObjectRef> objects_of(std::span<SelectCase> cases) {
  std::vector<ObjectRef> objects;
  if (!observed()) return objects;
  for (const SelectCase& each : cases) {
    objects.push_back(each.chan != nullptr
                          ? each.chan->object(each.mode)
                          : ObjectRef{nullptr, nullptr, ObjectKind::channel, each.mode});
  }
  return objects;
}

}  // namespace

int select_ready(std::span<SelectCase> cases) {
  const CallSite site = SLUICE_CALL_SITE();
  check_cases(cases);
  tell_sends(cases, site);
  RandomOrder order(cases.size());
  Outcome outcome = try_cases(cases, order.scratch.get(), true);
  if (outcome.index < 0 && cases.size() > 1) {
    // "None is ready" must be true at one instant.
    Scratch<ChanCore*> scratch(cases.size());
    LockSet locks = lock_order(cases, scratch.get());
    locks.lock();
    outcome = try_cases(cases, order.scratch.get(), false);
    locks.unlock();
  }
  return finish(outcome, cases, site).index;
}

int select_blocking(std::span<SelectCase> cases) {
  const CallSite site = SLUICE_CALL_SITE();
  const PreemptionPoints around;
  check_cases(cases);
  tell_sends(cases, site);
  RandomOrder order(cases.size());
  Outcome outcome = try_cases(cases, order.scratch.get(), true);
  if (outcome.index >= 0) return finish(outcome, cases, site).index;

  Scratch<ChanCore*> channels(cases.size());
  Scratch<ChanWaiter> waiters(cases.size());
  LockSet locks = lock_order(cases, channels.get());
  if (cases.empty()) park_for_ever(site);
  {
    const ListeningAll listening(cases);
    const std::vector<ObjectRef> objects = objects_of(cases);
    const ParkScope waiting(WaitReason::select, objects, site, listening.until());
    locks.lock();
    outcome = try_cases(cases, order.scratch.get(), false);
    if (outcome.index >= 0) {
      locks.unlock();
    } else {
      outcome = wait_for_any(cases, locks, waiters.get());
    }
  }
  return finish(outcome, cases, site).index;
}

}  // namespace sluice::detail

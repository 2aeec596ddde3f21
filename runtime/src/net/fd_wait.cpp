#include "net/fd_wait.hpp"

#include <poll.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#include "base/spin_lock.hpp"
#include "net/error.hpp"
#include "net/poller.hpp"
#include "sched/park.hpp"

namespace sluice::detail {
namespace {

constexpr short kAlways = POLLERR | POLLHUP;

struct Number;

// One number that somebody waits for, on the stack of whoever does. Guarded by the number's lock.
struct Entry {
  Number* number = nullptr;
  Side* side = nullptr;
  short events = 0;
  bool told = false;    // its side has had news: once is enough to end the wait
  bool closed = false;  // the number has been closed, or is about to be
  Entry* next = nullptr;
};

// A number of a descriptor, for the life of the process. Under `lock`:
//   N1  Who waits is in `waiting` before the system is asked for news, so none are lost. Asking
//       again tells what is ready already.
//   N2  The system is asked on each wait: the number may have come to mean another file, with
//       nobody saying so.
//   N3  Nobody joins while the number is being closed: it would wait for what goes away.
struct Number : Descriptor {
  base::SpinLock lock;
  Entry* waiting = nullptr;
  int closing = 0;
  bool watched = false;  // the system has been asked since it was last closed
  int fd = -1;
};

// Made when they are first waited for.
constexpr std::size_t kBlock = 256, kBlocks = 4096;
using Block = std::array<Number, kBlock>;
std::array<std::atomic<Block*>, kBlocks> g_blocks;

void heard(Descriptor& descriptor, std::uint32_t what) noexcept;

// Null: nobody has waited for it, or there can't be such a number.
Number* find(int fd) noexcept {
  const auto at = static_cast<std::size_t>(fd);
  if (fd < 0 || at >= kBlock * kBlocks) return nullptr;
  Block* block = g_blocks[at / kBlock].load(std::memory_order_acquire);
  return block != nullptr ? &(*block)[at % kBlock] : nullptr;
}

// Null: too large a number, or no memory.
Number* find_or_make(int fd) noexcept {
  if (Number* found = find(fd)) return found;
  const auto at = static_cast<std::size_t>(fd);
  if (fd < 0 || at >= kBlock * kBlocks) return nullptr;
  std::unique_ptr<Block> fresh(new (std::nothrow) Block);
  if (fresh == nullptr) return nullptr;
  int number = static_cast<int>(at / kBlock * kBlock);
  for (Number& each : *fresh) {
    each.heard = &heard;
    each.fd = number++;
  }
  Block* none = nullptr;
  if (g_blocks[at / kBlock].compare_exchange_strong(none, fresh.get(), std::memory_order_acq_rel)) {
    static_cast<void>(fresh.release());
  }
  return find(fd);
}

// Gives news to all that `concerned` names, with nothing held: the memory of sides stays, and who
// has gone meanwhile is told what is false.
template <class Concerned>
void tell(Number& number, Concerned concerned) noexcept {
  std::array<Side*, 16> sides;
  std::size_t count = 0;
  do {
    count = 0;
    number.lock.lock();
    for (Entry* each = number.waiting; each != nullptr && count < sides.size(); each = each->next) {
      if (each->told || !concerned(*each)) continue;
      each->told = true;
      sides[count++] = each->side;
    }
    number.lock.unlock();
    for (std::size_t i = 0; i < count; ++i) sides[i]->news();
  } while (count == sides.size());
}

void heard(Descriptor& descriptor, std::uint32_t what) noexcept {
  tell(static_cast<Number&>(descriptor),
       [what](const Entry& each) { return (static_cast<std::uint32_t>(each.events) & what) != 0; });
}

FdOutcome join(Entry& entry) noexcept {
  Number& number = *entry.number;
  const std::lock_guard guard(number.lock);
  if (number.closing > 0) return FdOutcome::closed;
  entry.next = number.waiting;
  number.waiting = &entry;
  std::uint32_t events = 0;
  for (const Entry* each = number.waiting; each != nullptr; each = each->next) {
    events |= static_cast<std::uint32_t>(each->events);
  }
  number.watched = true;
  return rewatch(number.fd, events, number) ? FdOutcome::ready : FdOutcome::failed;
}

void leave(Entry& entry) noexcept {
  const std::lock_guard guard(entry.number->lock);
  for (Entry** at = &entry.number->waiting; *at != nullptr; at = &(*at)->next) {
    if (*at != &entry) continue;
    *at = entry.next;
    return;
  }
}

// The entries of one wait.
class Joined {
 public:
  Joined(std::span<const FdWait> fds, Side& side) : entries_(fds.size()) {
    for (std::size_t i = 0; i < fds.size() && outcome_ == FdOutcome::ready; ++i) {
      entries_[i].number = find_or_make(fds[i].fd);
      entries_[i].side = &side;
      entries_[i].events = static_cast<short>(fds[i].events | kAlways);
      if ((fds[i].events & POLLIN) != 0) entries_[i].events |= POLLRDHUP;
      outcome_ = entries_[i].number != nullptr ? join(entries_[i]) : FdOutcome::failed;
    }
  }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;
  ~Joined() { leave_all(); }

  FdOutcome outcome() const noexcept { return outcome_; }
  // Whether one of the numbers has been closed since.
  bool leave_all() noexcept {
    bool closed = false;
    for (Entry& each : entries_) {
      if (each.number == nullptr) continue;
      leave(each);
      closed = closed || each.closed;
      each.number = nullptr;
    }
    return closed;
  }

 private:
  std::vector<Entry> entries_;
  FdOutcome outcome_ = FdOutcome::ready;
};

std::string in_words(std::span<const FdWait> fds) {
  std::string words = "fd " + std::to_string(fds.front().fd);
  if (fds.size() > 1) words += " and " + std::to_string(fds.size() - 1) + " more";
  return words;
}

FdOutcome wait(std::span<const FdWait> fds, TimePoint deadline, const CallSite& site) {
  const PreemptionPoints around;
  std::error_code error;
  Watch watch(error);
  if (error) return FdOutcome::failed;
  Side& side = watch.side(&Descriptor::read);
  side.set_deadline(due_at(deadline));
  Joined joined(fds, side);
  if (joined.outcome() == FdOutcome::closed) {  // N3: the next attempt tells
    yield_now();
    return FdOutcome::ready;
  }
  if (joined.outcome() == FdOutcome::failed) return FdOutcome::failed;
  const std::string_view doing = fds.front().events == POLLOUT ? "write to" : "read from";
  const Outcome outcome =
      side.wait({fds.size() == 1 ? doing : "poll", in_words(fds)}, nullptr, site);
  if (joined.leave_all()) return FdOutcome::closed;
  return outcome == Outcome::timed_out ? FdOutcome::timed_out : FdOutcome::ready;
}

}  // namespace

FdOutcome wait_fds(std::span<const FdWait> fds, TimePoint deadline) noexcept {
  try {
    return wait(fds, deadline, SLUICE_CALL_SITE());
  } catch (const std::bad_alloc&) {
    return FdOutcome::failed;
  }
}

FdClosing::FdClosing(int fd) noexcept : number_(find(fd)) {
  if (number_ == nullptr) return;
  Number& number = *static_cast<Number*>(number_);
  const std::lock_guard guard(number.lock);
  ++number.closing;
  for (Entry* each = number.waiting; each != nullptr; each = each->next) each->closed = true;
  if (number.watched) unwatch(fd);
  number.watched = false;
}

FdClosing::~FdClosing() {
  if (number_ == nullptr) return;
  Number& number = *static_cast<Number*>(number_);
  number.lock.lock();
  --number.closing;
  number.lock.unlock();
  tell(number, [](const Entry& each) { return each.closed; });
}

void fd_waits_clear() noexcept {
  for (const std::atomic<Block*>& block : g_blocks) {
    if (block.load(std::memory_order_acquire) == nullptr) continue;
    for (Number& each : *block.load(std::memory_order_acquire)) {
      const std::lock_guard guard(each.lock);
      each.waiting = nullptr;
    }
  }
}

}  // namespace sluice::detail

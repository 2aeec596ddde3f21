// Where those who follow pointers together leave work for each other: one leads, and is the only
// one who asks whether all is done; the others help while there is something to be had.
#pragma once

#include <climits>
#include <cstddef>
#include <cstdint>

#include "base/atomic.hpp"
#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/spin_lock.hpp"
#include "debug/memory_map.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

class MarkingPool {
 public:
  bool reserve(Scratch& scratch, std::size_t pieces) noexcept {
    return pieces_.reserve(scratch, pieces);
  }

  // Whether somebody has nothing to do, and finds nothing here.
  bool wanted() const noexcept {
    return idle_.load(std::memory_order_relaxed) > 0 && size_.load(std::memory_order_relaxed) == 0;
  }
  // Half of what is in `from`, and no more than kMostGiven pieces.
  void give(ScratchList<Range>& from) noexcept {
    constexpr std::size_t kMostGiven = 256;
    const std::size_t half = from.size() / 2;
    lock_.lock();
    for (std::size_t i = half < kMostGiven ? half : kMostGiven; i > 0; --i) {
      const Range piece = from.pop();
      if (pieces_.push(piece)) continue;
      from.push(piece);
      break;
    }
    size_.store(pieces_.size(), std::memory_order_relaxed);
    lock_.unlock();
    announce();
  }
  // Some of what is here. False: there is nothing.
  bool take(ScratchList<Range>& into) noexcept {
    if (size_.load(std::memory_order_relaxed) == 0) return false;
    lock_.lock();
    const bool any = move(into);
    lock_.unlock();
    return any;
  }

  // ---- who helps ----

  // Until there is something to do: true. Until it is over: false. Looks at the list only once
  // somebody has given: helpers come before there is room for it.
  bool wait(ScratchList<Range>& into) noexcept {
    idle_.fetch_add(1, std::memory_order_relaxed);
    bool any = false;
    for (;;) {
      // Asked for first: what changes after this is news.
      const std::uint32_t news = news_.load(std::memory_order_seq_cst);
      if (over_.load(std::memory_order_acquire)) break;
      if (size_.load(std::memory_order_relaxed) > 0) {
        lock_.lock();
        any = move(into);
        if (any) ++busy_;
        lock_.unlock();
      }
      if (any) break;
      rest(news);
    }
    idle_.fetch_sub(1, std::memory_order_relaxed);
    return any;
  }
  // What wait() gave, and all that came of it, is done.
  void finished() noexcept {
    lock_.lock();
    --busy_;
    lock_.unlock();
  }

  // ---- who leads ----

  // Nothing is here and nobody has anything; what the helpers did is visible.
  bool done() noexcept {
    lock_.lock();
    const bool done = pieces_.empty() && busy_ == 0;
    lock_.unlock();
    return done;
  }
  void end() noexcept {
    over_.store(true, std::memory_order_release);
    announce();
  }

 private:
  static constexpr std::size_t kMostTaken = 64;
  static constexpr int kSpins = 1000;  // some ten microseconds: what waking up takes

  bool move(ScratchList<Range>& into) noexcept {
    std::size_t count = 0;
    while (count < kMostTaken && !pieces_.empty()) {
      into.push(pieces_.pop());
      ++count;
    }
    size_.store(pieces_.size(), std::memory_order_relaxed);
    return count > 0;
  }
  void announce() noexcept {
    news_.fetch_add(1, std::memory_order_seq_cst);
    if (resting_.load(std::memory_order_seq_cst) > 0) base::futex_wake(news_, INT_MAX);
  }
  void rest(std::uint32_t news) noexcept {
    for (int i = 0; i < kSpins; ++i) {
      if (news_.load(std::memory_order_relaxed) != news) return;
      base::pause();
    }
    resting_.fetch_add(1, std::memory_order_seq_cst);
    if (news_.load(std::memory_order_seq_cst) == news) {
      base::futex_wait(news_, news, base::kNever);
    }
    resting_.fetch_sub(1, std::memory_order_relaxed);
  }

  base::SpinLock lock_;
  ScratchList<Range> pieces_;
  std::size_t busy_ = 0;  // helpers that have something
  base::Atomic<std::size_t> size_{0};
  base::Atomic<std::uint32_t> idle_{0};
  base::Atomic<std::uint32_t> resting_{0};
  base::Atomic<std::uint32_t> news_{0};
  base::Atomic<bool> over_{false};
};

}  // namespace sluice::checked

#include "debug/marking_crew.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/processors.hpp"
#include "debug/memory_map.hpp"

namespace sluice::checked {
namespace {

constexpr std::size_t kStack = 8 << 20;  // thread-local variables of the program are in it, too
// A thread takes some 50 us to start, in which one alone looks at a few hundred KiB.
constexpr std::size_t kWorthIt = 32 << 20;
// Each has lists of its own, for which address space may be short.
constexpr std::size_t kLeastScratch = std::size_t{8} << 30;

}  // namespace

std::size_t MarkingCrew::worth_it() noexcept {
  if (resident_bytes() < kWorthIt) return 0;
  return std::min(Marking::kMostHelpers, static_cast<std::size_t>(base::usable_processors() - 1));
}

void* MarkingCrew::work(void* member) {
  const Member& self = *static_cast<const Member*>(member);
  MarkingCrew& crew = *self.crew;
  crew.tids_[self.which] = ::gettid();
  crew.arrived_.fetch_add(1, std::memory_order_release);
  base::futex_wake(crew.arrived_, 1);
  crew.marking_.help(self.which);
  return nullptr;
}

void MarkingCrew::start(std::size_t count) noexcept {
  if (count == 0 || scratch_.left() < kLeastScratch) return;
  pthread_attr_t attributes;
  if (::pthread_attr_init(&attributes) != 0) return;
  // The program's handlers are not for these threads.
  sigset_t all, before;
  sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  while (count_ < count) {
    Member& member = members_[count_];
    member.crew = this;
    member.which = count_;
    auto* stack = scratch_.take<std::max_align_t>(kStack / sizeof(std::max_align_t));
    if (stack == nullptr || ::pthread_attr_setstack(&attributes, stack, kStack) != 0 ||
        ::pthread_create(&member.thread, &attributes, &work, &member) != 0) {
      break;
    }
    ++count_;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ::pthread_attr_destroy(&attributes);
  marking_.expect_helpers(count_);
  for (std::uint32_t arrived = arrived_.load(std::memory_order_acquire); arrived < count_;
       arrived = arrived_.load(std::memory_order_acquire)) {
    base::futex_wait(arrived_, arrived, base::kNever);
  }
}

MarkingCrew::~MarkingCrew() {
  marking_.end_help();
  for (std::size_t i = 0; i < count_; ++i) ::pthread_join(members_[i].thread, nullptr);
}

}  // namespace sluice::checked

#include "sluice/once.hpp"

#include "sched/park.hpp"
#include "sync/observed_lock.hpp"

namespace sluice {

using namespace detail;

struct Once::Observed {
  static constexpr LockUse kUse{ObjectKind::once, AccessMode::exclusive};
  static constexpr WaitReason kReason = WaitReason::once_call;
  Once& once;

  LockTag& tag() const noexcept { return once.tag_; }
  ObjectRef object() const noexcept { return once.object(); }
  bool try_fast() const noexcept { return once.core_.try_lock_fast(); }
  bool try_now() const noexcept { return once.core_.try_lock(); }
  void wait() const noexcept { once.core_.lock(kReason); }
};

ObjectRef Once::object() noexcept { return {this, &tag_, ObjectKind::once, AccessMode::exclusive}; }

void Once::created() noexcept {
  if (observed()) emit(EventKind::created, object(), SLUICE_CALL_SITE());
}

Once::~Once() {
  if (observed()) emit(EventKind::destroyed, object(), SLUICE_CALL_SITE(), core_.locked());
}

bool Once::enter() noexcept {
  if (!observed()) {
    core_.lock(WaitReason::once_call);
  } else {
    const CallSite site = SLUICE_CALL_SITE();
    lock_observed(Observed{*this}, site.pc, site.frame);
  }
  if (done_.load(std::memory_order_relaxed) == 0) return true;
  if (observed()) {
    const CallSite site = SLUICE_CALL_SITE();
    tell_lock_released(Observed{*this}, site.pc, site.frame);
  }
  core_.unlock();
  return false;
}

void Once::leave() noexcept {
  done_.store(1, std::memory_order_release);
  if (observed()) {
    const CallSite site = SLUICE_CALL_SITE();
    tell_lock_released(Observed{*this}, site.pc, site.frame);
  }
  core_.unlock();
}

}  // namespace sluice

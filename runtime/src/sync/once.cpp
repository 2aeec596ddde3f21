#include "sluice/once.hpp"

#include "sched/park.hpp"
#include "sync/observed_lock.hpp"

namespace sluice {

using namespace detail;

namespace {

constexpr LockUse kUse{ObjectKind::once, AccessMode::exclusive};

}  // namespace

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
    lock_observed(
        tag_, kUse, WaitReason::once_call, site.pc, site.frame, [this] { return object(); },
        [this] { return core_.try_lock(); }, [this] { core_.lock(WaitReason::once_call); });
  }
  if (done_.load(std::memory_order_relaxed) == 0) return true;
  if (observed()) {
    const CallSite site = SLUICE_CALL_SITE();
    tell_lock_released(tag_, kUse, site.pc, site.frame, [this] { return object(); });
  }
  core_.unlock();
  return false;
}

void Once::leave() noexcept {
  done_.store(1, std::memory_order_release);
  if (observed()) {
    const CallSite site = SLUICE_CALL_SITE();
    tell_lock_released(tag_, kUse, site.pc, site.frame, [this] { return object(); });
  }
  core_.unlock();
}

}  // namespace sluice

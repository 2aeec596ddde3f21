#include "sluice/once.hpp"

#include "sched/park.hpp"
#include "sync/observed_lock.hpp"

namespace sluice {

using namespace detail;

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
    lock_observed(
        object(), WaitReason::once_call, SLUICE_CALL_SITE(), [this] { return core_.try_lock(); },
        [this] { core_.lock(WaitReason::once_call); });
  }
  if (done_.load(std::memory_order_relaxed) == 0) return true;
  if (observed()) emit_frequent(EventKind::lock_released, object(), SLUICE_CALL_SITE());
  core_.unlock();
  return false;
}

void Once::leave() noexcept {
  done_.store(1, std::memory_order_release);
  if (observed()) emit_frequent(EventKind::lock_released, object(), SLUICE_CALL_SITE());
  core_.unlock();
}

}  // namespace sluice

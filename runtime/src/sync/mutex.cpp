#include "sluice/mutex.hpp"
#include "sched/park.hpp"
#include "sluice/panic.hpp"
#include "sync/observed_lock.hpp"

namespace sluice {

namespace detail {
namespace {

// In line, so that who unlocked it wrongly is on the stack that is shown.
inline void free_or_die(MutexCore& core) noexcept {
  if (!core.unlock()) [[unlikely]]
    fatal_error("sync: unlock of unlocked mutex");
}

}  // namespace
}  // namespace detail

using namespace detail;

struct Mutex::Observed {
  static constexpr LockUse kUse{ObjectKind::mutex, AccessMode::exclusive};
  static constexpr WaitReason kReason = WaitReason::mutex_lock;
  Mutex& mutex;

  LockTag& tag() const noexcept { return mutex.tag_; }
  ObjectRef object() const noexcept { return mutex.object(); }
  bool try_fast() const noexcept { return mutex.core_.try_lock_fast(); }
  bool try_now() const noexcept { return mutex.core_.try_lock(); }
  void wait() const noexcept { mutex.core_.lock(kReason); }
  void free() const noexcept { free_or_die(mutex.core_); }
};

ObjectRef Mutex::object() noexcept {
  return {this, &tag_, ObjectKind::mutex, AccessMode::exclusive};
}

void Mutex::created() noexcept {
  if (observed()) emit(EventKind::created, object(), SLUICE_CALL_SITE());
}

Mutex::~Mutex() {
  if (observed()) emit(EventKind::destroyed, object(), SLUICE_CALL_SITE(), core_.locked());
}

// Where somebody listens, its door leads to another function, so that this one has no frame.
void Mutex::lock() noexcept {
  if (observed()) [[unlikely]] {
    const CallSite site = SLUICE_CALL_SITE();
    return lock_told(site.pc, site.frame);
  }
  if (!core_.try_lock_fast()) core_.lock(WaitReason::mutex_lock);
}

[[gnu::noinline]] void Mutex::lock_told(const void* pc, const void* frame) noexcept {
  lock_observed(Observed{*this}, pc, frame);
}

bool Mutex::try_lock() noexcept {
  if (!core_.try_lock_fast() && !core_.try_lock()) return false;
  if (observed()) tell_lock_tried(Observed{*this}, SLUICE_CALL_SITE());
  return true;
}

void Mutex::unlock() noexcept {
  if (observed()) [[unlikely]] {
    const CallSite site = SLUICE_CALL_SITE();
    return unlock_told(site.pc, site.frame);
  }
  free_or_die(core_);
}

[[gnu::noinline]] void Mutex::unlock_told(const void* pc, const void* frame) noexcept {
  unlock_observed(Observed{*this}, pc, frame);
}

}  // namespace sluice

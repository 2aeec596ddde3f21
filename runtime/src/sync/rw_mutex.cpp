#include "base/assert.hpp"
#include "sched/park.hpp"
#include "sluice/mutex.hpp"
#include "sluice/panic.hpp"
#include "sync/observed_lock.hpp"

namespace sluice {

using namespace detail;

namespace {

// What a writer subtracts from the count of readers; more readers than that there can't be.
constexpr std::int32_t kWriter = 1 << 30;
constexpr std::uint32_t kIsWriter = 1;

}  // namespace

struct RWMutex::ObservedWriter {
  static constexpr LockUse kUse{ObjectKind::rw_mutex, AccessMode::exclusive};
  static constexpr WaitReason kReason = WaitReason::rw_mutex_lock;
  RWMutex& mutex;

  LockTag& tag() const noexcept { return mutex.tag_; }
  ObjectRef object() const noexcept { return mutex.object(kUse.mode); }
  bool try_fast() const noexcept { return false; }
  bool try_now() const noexcept { return mutex.try_acquire(); }
  void wait() const noexcept { mutex.acquire(); }
  void free() const noexcept { mutex.release(); }
};

struct RWMutex::ObservedReader {
  static constexpr LockUse kUse{ObjectKind::rw_mutex, AccessMode::shared};
  static constexpr WaitReason kReason = WaitReason::rw_mutex_lock_shared;
  RWMutex& mutex;

  LockTag& tag() const noexcept { return mutex.tag_; }
  ObjectRef object() const noexcept { return mutex.object(kUse.mode); }
  bool try_fast() const noexcept { return mutex.try_acquire_shared(); }
  bool try_now() const noexcept { return mutex.try_acquire_shared(); }
  void wait() const noexcept { mutex.acquire_shared(); }
  void free() const noexcept { mutex.release_shared(); }
};

ObjectRef RWMutex::object(AccessMode mode) noexcept {
  return {this, &tag_, ObjectKind::rw_mutex, mode};
}

void RWMutex::created() noexcept {
  if (observed()) emit(EventKind::created, object(AccessMode::none), SLUICE_CALL_SITE());
}

RWMutex::~RWMutex() {
  if (observed()) {
    const bool in_use = writers_.locked() || readers_.load(std::memory_order_relaxed) != 0;
    emit(EventKind::destroyed, object(AccessMode::none), SLUICE_CALL_SITE(), in_use);
  }
}

// ---- writers ----

void RWMutex::acquire() noexcept {
  writers_.lock(WaitReason::rw_mutex_lock);
  std::int32_t none = 0;
  if (readers_.compare_exchange_strong(none, -kWriter, std::memory_order_acquire,
                                       std::memory_order_relaxed))
    return;
  // Under the queue's lock, so that the last reader to leave finds this writer in the queue.
  base::spin_lock(queue_.lock);
  const std::int32_t inside = readers_.fetch_sub(kWriter, std::memory_order_acq_rel);
  // Readers that have left since then have counted below zero.
  if (inside == 0 || departing_.fetch_add(inside, std::memory_order_acq_rel) + inside == 0) {
    base::spin_unlock(queue_.lock);
    return;
  }
  Waiter waiter;
  waiter.goroutine = self();
  waiter.units = kIsWriter;
  enqueue_front(queue_, waiter);
  park(WaitReason::rw_mutex_lock, queue_.lock);
}

bool RWMutex::try_acquire() noexcept {
  if (!writers_.try_lock()) return false;
  std::int32_t none = 0;
  if (readers_.compare_exchange_strong(none, -kWriter, std::memory_order_acquire,
                                       std::memory_order_relaxed))
    return true;
  writers_.unlock();
  return false;
}

void RWMutex::lock() noexcept {
  if (!observed()) return acquire();
  const CallSite site = SLUICE_CALL_SITE();
  lock_told(site.pc, site.frame);
}

[[gnu::noinline]] void RWMutex::lock_told(const void* pc, const void* frame) noexcept {
  lock_observed(ObservedWriter{*this}, pc, frame);
}

bool RWMutex::try_lock() noexcept {
  if (!try_acquire()) return false;
  if (observed()) tell_lock_tried(ObservedWriter{*this}, SLUICE_CALL_SITE());
  return true;
}

void RWMutex::unlock() noexcept {
  if (!observed()) return release();
  const CallSite site = SLUICE_CALL_SITE();
  unlock_told(site.pc, site.frame);
}

[[gnu::noinline]] void RWMutex::unlock_told(const void* pc, const void* frame) noexcept {
  free_telling(ObservedWriter{*this}, pc, frame);
}

void RWMutex::release() noexcept {
  std::int32_t alone = -kWriter;
  if (readers_.compare_exchange_strong(alone, 0, std::memory_order_release,
                                       std::memory_order_relaxed)) {
    writers_.unlock();
    return;
  }
  base::spin_lock(queue_.lock);
  if (readers_.load(std::memory_order_relaxed) >= 0) {
    base::spin_unlock(queue_.lock);
    fatal_error("sync: Unlock of unlocked RWMutex");
  }
  SLUICE_ASSERT(turns_ == 0);
  turns_ = readers_.fetch_add(kWriter, std::memory_order_release) + kWriter;
  WaitQueue admitted;
  while (Waiter* reader = dequeue(queue_)) {
    enqueue(admitted, *reader);
    --turns_;
  }
  base::spin_unlock(queue_.lock);
  writers_.unlock();
  while (Waiter* reader = dequeue(admitted)) ready(reader->goroutine);
}

// ---- readers ----

bool RWMutex::try_acquire_shared() noexcept {
  std::int32_t readers = readers_.load(std::memory_order_relaxed);
  while (readers >= 0) {
    if (readers_.compare_exchange_weak(readers, readers + 1, std::memory_order_acquire,
                                       std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

// A writer's unlock lets in as many as are counted while it is inside. Which of them takes a turn
// that was left for one is all the same.
void RWMutex::acquire_shared() noexcept {
  if (readers_.fetch_add(1, std::memory_order_acquire) >= 0) return;
  base::spin_lock(queue_.lock);
  if (turns_ > 0) {
    --turns_;
    base::spin_unlock(queue_.lock);
    return;
  }
  Waiter waiter;
  waiter.goroutine = self();
  enqueue(queue_, waiter);
  park(WaitReason::rw_mutex_lock_shared, queue_.lock);
}

void RWMutex::lock_shared() noexcept {
  if (!observed()) return acquire_shared();
  const CallSite site = SLUICE_CALL_SITE();
  lock_shared_told(site.pc, site.frame);
}

[[gnu::noinline]] void RWMutex::lock_shared_told(const void* pc, const void* frame) noexcept {
  lock_observed(ObservedReader{*this}, pc, frame);
}

bool RWMutex::try_lock_shared() noexcept {
  if (!try_acquire_shared()) return false;
  if (observed()) tell_lock_tried(ObservedReader{*this}, SLUICE_CALL_SITE());
  return true;
}

void RWMutex::unlock_shared() noexcept {
  if (!observed()) return release_shared();
  const CallSite site = SLUICE_CALL_SITE();
  unlock_shared_told(site.pc, site.frame);
}

[[gnu::noinline]] void RWMutex::unlock_shared_told(const void* pc, const void* frame) noexcept {
  unlock_observed(ObservedReader{*this}, pc, frame);
}

void RWMutex::release_shared() noexcept {
  const std::int32_t before = readers_.fetch_sub(1, std::memory_order_release);
  if (before > 0) return;
  if (before == 0 || before == -kWriter) fatal_error("sync: RUnlock of unlocked RWMutex");
  // A writer waits. The reader that is last to leave lets it in.
  if (departing_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  base::spin_lock(queue_.lock);
  Waiter* writer = dequeue(queue_);
  SLUICE_ASSERT(writer == nullptr || writer->units == kIsWriter);
  base::spin_unlock(queue_.lock);
  if (writer != nullptr) ready(writer->goroutine);
}

}  // namespace sluice

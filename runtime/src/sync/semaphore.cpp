#include "sluice/semaphore.hpp"

#include "sched/park.hpp"
#include "sluice/panic.hpp"

namespace sluice {

using namespace detail;

// One that waits for units. Served requests have left the queue with `granted` set. One with a
// context waits on a channel, so that it can wait for the context too.
struct Semaphore::Request : Waiter {
  std::int64_t wanted = 0;
  Chan<>* served = nullptr;
};

namespace {

// True: `first` was ready.
bool wait_for_either(const RecvChan<>& first, const RecvChan<>& second) {
  Unit nothing;
  SelectCase cases[] = {{core_of(first), &nothing, AccessMode::receive, false},
                        {core_of(second), &nothing, AccessMode::receive, false}};
  return select_blocking(cases) == 0;
}

}  // namespace

Semaphore::Semaphore(std::int64_t n) : size_(n) {
  if (n < 0) throw_panic("semaphore: negative size");
  if (observed()) emit(EventKind::created, object(), SLUICE_CALL_SITE());
}

Semaphore::~Semaphore() {
  if (observed()) emit(EventKind::destroyed, object(), SLUICE_CALL_SITE(), queue_.head != nullptr);
}

ObjectRef Semaphore::object() noexcept { return {this, &tag_, ObjectKind::semaphore}; }

// Under the queue's lock.
bool Semaphore::take(std::int64_t n) noexcept {
  if (queue_.head != nullptr || n > size_ - held_) return false;
  held_ += n;
  return true;
}

bool Semaphore::try_acquire(std::int64_t n) {
  base::spin_lock(queue_.lock);
  const bool taken = take(n);
  base::spin_unlock(queue_.lock);
  return taken;
}

void Semaphore::acquire(std::int64_t n) {
  const PreemptionPoints around;
  if (try_acquire(n)) return;
  const ObjectRef semaphore = object();
  const ParkScope waiting(WaitReason::semaphore_acquire, {&semaphore, 1}, SLUICE_CALL_SITE());
  base::spin_lock(queue_.lock);
  if (take(n)) {
    base::spin_unlock(queue_.lock);
    return;
  }
  Request request;
  request.goroutine = self();
  request.wanted = n;
  enqueue(queue_, request);
  park(WaitReason::semaphore_acquire, queue_.lock);
}

std::error_code Semaphore::acquire(const Context& ctx, std::int64_t n) {
  if (const std::error_code err = ctx.err()) return err;
  const Chan<> served = make_chan(1);
  Request request;
  request.goroutine = self();
  request.wanted = n;
  Chan<> handle = served;
  request.served = &handle;
  base::spin_lock(queue_.lock);
  const bool taken = take(n);
  if (!taken) enqueue(queue_, request);
  base::spin_unlock(queue_.lock);
  if (taken || wait_for_either(served, ctx.done())) return {};

  base::spin_lock(queue_.lock);
  const bool granted = request.granted;
  const bool was_first = queue_.head == &request;
  if (!granted) remove(queue_, request);
  base::spin_unlock(queue_.lock);
  // Granted and ended at the same time: as in Go the context wins, and what was taken goes back.
  if (granted) {
    release(n);
  } else if (was_first) {
    serve();
  }
  return ctx.err();
}

void Semaphore::release(std::int64_t n) {
  if (observed()) emit(EventKind::signalled, object(), SLUICE_CALL_SITE());
  base::spin_lock(queue_.lock);
  const bool too_much = n > held_;
  if (!too_much) held_ -= n;
  base::spin_unlock(queue_.lock);
  if (too_much) throw_panic("semaphore: released more than held");
  serve();
}

// Gives units to the first request for as long as it fits.
void Semaphore::serve() noexcept {
  for (;;) {
    base::spin_lock(queue_.lock);
    while (queue_.head != nullptr && !alive(queue_.head->goroutine)) remove(queue_, *queue_.head);
    auto* first = static_cast<Request*>(queue_.head);
    if (first == nullptr || first->wanted > size_ - held_) {
      base::spin_unlock(queue_.lock);
      return;
    }
    held_ += first->wanted;
    remove(queue_, *first);
    first->granted = true;
    Goroutine* parked = first->served == nullptr ? first->goroutine : nullptr;
    const Chan<> served = first->served != nullptr ? *first->served : Chan<>();
    base::spin_unlock(queue_.lock);
    if (parked != nullptr) {
      ready(parked);
    } else {
      served.try_send();
    }
  }
}

}  // namespace sluice

#include "sched/foreign.hpp"

#include <dirent.h>
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "base/clock.hpp"
#include "base/futex.hpp"
#include "base/sanitizers.hpp"
#include "base/spin_lock.hpp"
#include "sched/event_source.hpp"
#include "sched/helper_thread.hpp"
#include "sched/idle_source.hpp"
#include "sched/local.hpp"
#include "sched/scheduler.hpp"

namespace sluice::detail {
namespace {

base::SpinLock g_lock;  // guards the list
Goroutine* g_threads = nullptr;
std::atomic<Observer*> g_told{nullptr};
std::atomic<bool> g_external_waker{false};  // set once, by whoever knows of one

// How long a thread sleeps at most that must look for events itself.
constexpr std::int64_t kLookEvery = 10'000'000;

struct Registered {
  Goroutine thread;
  Registered() noexcept {
    thread.foreign = true;
    thread.tid = gettid();
    pthread_attr_t attributes;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
      void* low = nullptr;
      std::size_t size = 0;
      pthread_attr_getstack(&attributes, &low, &size);
      pthread_attr_destroy(&attributes);
      thread.stack_low = reinterpret_cast<std::uintptr_t>(low);
      thread.stack_high = thread.stack_low + size;
    }
    thread.status.store(Status::running, std::memory_order_relaxed);
    g_lock.lock();
    thread.next = g_threads;
    g_threads = &thread;
    g_lock.unlock();
  }
  ~Registered() {
    destroy_locals(thread);
    tell_end();
    g_lock.lock();
    for (Goroutine** link = &g_threads; *link != nullptr; link = &(*link)->next) {
      if (*link == &thread) {
        *link = thread.next;
        break;
      }
    }
    g_lock.unlock();
  }
  // Also between runs: the observer has a note of it.
  void tell_end() noexcept {
    Observer* told = g_told.load(std::memory_order_acquire);
    if (told == nullptr || thread.observer_state == nullptr) return;
    Event event;
    event.kind = EventKind::exit;
    event.doer = &thread;
    event.value = static_cast<std::int64_t>(ExitKind::returned);
    told->on_event(event);
  }
};

bool parked_foreign(pid_t tid) noexcept {
  bool parked = false;
  g_lock.lock();
  for (Goroutine* each = g_threads; each != nullptr && !parked; each = each->next) {
    parked = each->tid == tid && each->parked.load(std::memory_order_acquire);
  }
  g_lock.unlock();
  return parked;
}

bool is_ours(const Scheduler& scheduler, pid_t tid) noexcept {
  if (tid == scheduler.monitor.tid() || tid == helper().tid ||
      tid == scheduler.run_tid.load(std::memory_order_acquire)) {
    return true;
  }
  for (std::uint32_t i = 0; i < scheduler.worker_count(); ++i) {
    const Worker* worker = scheduler.worker(i);
    if (worker != nullptr && worker->tid.load(std::memory_order_acquire) == tid) return true;
  }
  return false;
}

// With no run under way nobody else fires timers, or hears of events.
void wait_without_workers(Goroutine& self) noexcept {
  const bool expects = event_source().expected();
  const std::int64_t due = idle_source().next_due();
  base::futex_wait(self.woken, 0, expects ? std::min(due, base::now() + kLookEvery) : due);
  if (due <= base::now()) idle_source().poll(base::now());
  if (!expects) return;
  EventBatch batch;
  event_source().take(batch);
  event_source().deliver(batch);
}

}  // namespace

void observe_thread_ends(Observer* observer) noexcept {
  g_told.store(observer, std::memory_order_release);
}

Goroutine* foreign_self() noexcept {
  thread_local Registered registered;
  return &registered.thread;
}

void foreign_park(Goroutine* self, WaitReason reason, void (*commit)(void*),
                  void* argument) noexcept {
  self->reason = reason;
  self->wait_since = base::now();
  self->woken.store(0, std::memory_order_relaxed);
  self->status.store(Status::waiting, std::memory_order_relaxed);
  self->parked.store(true, std::memory_order_release);
  commit(argument);
  if (Scheduler::forked()) Scheduler::refuse_fork();
  while (self->woken.load(std::memory_order_acquire) == 0) {
    if (CurrentRun()) {
      base::futex_wait(self->woken, 0, base::kNever);
    } else {
      wait_without_workers(*self);
    }
  }
  self->status.store(Status::running, std::memory_order_relaxed);
}

void wake_foreign() noexcept {
  g_lock.lock();
  for (Goroutine* each = g_threads; each != nullptr; each = each->next)
    base::futex_wake(each->woken, 1);
  g_lock.unlock();
}

// The word is the last thing touched: the thread may end as soon as it is set. Waking a futex whose
// thread has gone wakes nobody.
void foreign_ready(Goroutine* goroutine) noexcept {
  goroutine->parked.store(false, std::memory_order_release);
  goroutine->woken.store(1, std::memory_order_release);
  base::futex_wake(goroutine->woken, 1);
}

// The kernel's own list is the only complete one. ThreadSanitizer keeps a thread of its own, which
// wakes nobody.
bool foreign_threads_asleep(const Scheduler& scheduler) noexcept {
  if (g_external_waker.load(std::memory_order_acquire)) return false;
  DIR* tasks = opendir("/proc/self/task");
  if (tasks == nullptr) return false;
  int unknown = 0;
  while (const dirent* entry = readdir(tasks)) {
    const auto tid = static_cast<pid_t>(std::atoi(entry->d_name));
    if (tid > 0 && !is_ours(scheduler, tid) && !parked_foreign(tid)) ++unknown;
  }
  closedir(tasks);
  return unknown <= (SLUICE_TSAN ? 1 : 0);
}

void expect_external_waker() noexcept { g_external_waker.store(true, std::memory_order_release); }

void for_each_foreign(void (*visit)(Goroutine&, void*), void* context) noexcept {
  g_lock.lock();
  for (Goroutine* each = g_threads; each != nullptr; each = each->next) visit(*each, context);
  g_lock.unlock();
}

}  // namespace sluice::detail

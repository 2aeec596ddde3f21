// A goroutine that keeps its worker's thread, and the worker for itself.
#include "sched/scheduler.hpp"
#include "sluice/go.hpp"

namespace sluice {

SLUICE_THREAD_CONFINED ThreadLock::ThreadLock() noexcept {
  detail::Worker* worker = detail::this_worker();
  if (worker == nullptr || worker->current->thread_locks++ > 0) return;
  worker->current->home = worker;
  worker->bound = worker->current;
}

SLUICE_THREAD_CONFINED ThreadLock::~ThreadLock() {
  detail::Worker* worker = detail::this_worker();
  if (worker == nullptr || --worker->current->thread_locks > 0) return;
  worker->current->home = nullptr;
  worker->bound = nullptr;
}

}  // namespace sluice

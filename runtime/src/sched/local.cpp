#include "sched/local.hpp"

#include <atomic>
#include <memory>

#include "sched/park.hpp"

namespace sluice::detail {

std::uint64_t new_local_key() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void* local_value(std::uint64_t key, void* (*make)(), void (*destroy)(void*)) {
  for (LocalValue* each = self()->locals; each != nullptr; each = each->next) {
    if (each->key == key) return each->value;
  }
  auto fresh = std::make_unique<LocalValue>(LocalValue{key, nullptr, destroy, nullptr});
  fresh->value = make();  // may use other Locals
  Goroutine* goroutine = self();
  fresh->next = goroutine->locals;
  goroutine->locals = fresh.get();
  return fresh.release()->value;
}

void destroy_locals(Goroutine& goroutine) noexcept {
  while (LocalValue* last = goroutine.locals) {
    goroutine.locals = last->next;
    last->destroy(last->value);
    delete last;
  }
}

}  // namespace sluice::detail

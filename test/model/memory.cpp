// The memory model: each word keeps all that was stored in it, and a load may take any store that
// is neither overwritten in what happened before it nor older than what was read before it.
#include "model/memory.hpp"

#include <deque>
#include <vector>

#include "base/asymmetric_fence.hpp"
#include "base/atomic.hpp"
#include "model/atomic.hpp"
#include "model/explorer.hpp"

namespace sluice::model {

// The stores to one word in modification order, which is the order of execution.
struct Store {
  std::uint64_t bits = 0;
  unsigned thread = 0;
  std::uint32_t at = 0;  // the thread's own clock then; 0: before the execution began
  Clock published;       // what a load that acquires learns
  bool sequential = false;
  std::array<std::uint32_t, kMostThreads> read_at{};  // each thread's own clock at its first read
};

struct History {
  std::vector<Store> stores;
  bool ended = false;
};

namespace {

std::deque<History> g_histories;
std::size_t g_used = 0;
Clock g_sequential;  // what all fences so far have published to the next

bool acquires(std::memory_order order) {
  return order == std::memory_order_acquire || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst || order == std::memory_order_consume;
}
bool releases(std::memory_order order) {
  return order == std::memory_order_release || order == std::memory_order_acq_rel ||
         order == std::memory_order_seq_cst;
}

History& history_of(Cell& cell) {
  if (cell.execution != execution() || cell.history == nullptr) {
    if (g_used == g_histories.size()) g_histories.emplace_back();
    cell.history = &g_histories[g_used++];
    cell.history->stores.clear();
    cell.history->ended = false;
    cell.history->stores.emplace_back().bits = cell.newest;
    cell.execution = execution();
  }
  if (cell.history->ended) fail("an atomic is used after the life of its object has ended");
  return *cell.history;
}

std::uint32_t& own_clock() { return view().now[this_thread()]; }

// Whether the running thread can't miss this store any more.
bool must_see(const Store& store, std::memory_order order) {
  const Clock& now = view().now;
  if (store.at == 0 || now[store.thread] >= store.at) return true;
  if (store.sequential && order == std::memory_order_seq_cst) return true;
  for (unsigned thread = 0; thread < kMostThreads; ++thread) {
    if (store.read_at[thread] != 0 && now[thread] >= store.read_at[thread]) return true;
  }
  return false;
}

std::uint64_t take(Store& store, std::memory_order order) {
  if (store.read_at[this_thread()] == 0) store.read_at[this_thread()] = own_clock();
  View& mine = view();
  mine.fence_acquire.join(store.published);
  if (acquires(order)) mine.now.join(store.published);
  return store.bits;
}

void put(Cell& cell, History& history, std::uint64_t bits, std::memory_order order,
         const Clock* continues) {
  Store store;
  store.bits = bits;
  store.thread = this_thread();
  store.at = own_clock();
  store.published = releases(order) ? view().now : view().fence_release;
  if (continues != nullptr) store.published.join(*continues);
  store.sequential = order == std::memory_order_seq_cst;
  history.stores.push_back(store);
  if (bits != cell.newest) changed();
  cell.newest = bits;
}

}  // namespace

void forget_memory() {
  g_used = 0;
  g_sequential = Clock();
}

std::uint64_t load(Cell& cell, std::memory_order order) noexcept {
  if (!exploring()) return cell.newest;
  step();
  History& history = history_of(cell);
  ++own_clock();
  std::vector<Store>& stores = history.stores;
  std::size_t oldest = stores.size() - 1;
  while (oldest > 0 && !must_see(stores[oldest], order)) --oldest;
  const auto ways = static_cast<unsigned>(stores.size() - oldest);
  unsigned back = 0;
  if (ways > 1 && may_read_stale()) back = choose(ways);
  if (back > 0) reads_stale();
  const std::uint64_t bits = take(stores[stores.size() - 1 - back], order);
  trace(back > 0 ? "load (stale)" : "load", &cell, bits, static_cast<int>(order));
  return bits;
}

void store(Cell& cell, std::uint64_t bits, std::memory_order order) noexcept {
  if (!exploring()) {
    cell.newest = bits;
    return;
  }
  step();
  History& history = history_of(cell);
  ++own_clock();
  put(cell, history, bits, order, nullptr);
  trace("store", &cell, bits, static_cast<int>(order));
}

std::uint64_t begin_modify(Cell& cell) noexcept {
  if (!exploring()) return cell.newest;
  step();
  history_of(cell);
  ++own_clock();
  return cell.newest;
}

void end_modify(Cell& cell, bool changed, std::uint64_t bits, std::memory_order order) noexcept {
  if (!exploring()) {
    if (changed) cell.newest = bits;
    return;
  }
  History& history = history_of(cell);
  take(history.stores.back(), order);
  if (changed) {
    const Clock continues = history.stores.back().published;
    put(cell, history, bits, order, &continues);
  }
  trace(changed ? "modify to" : "compare, found", &cell, cell.newest, static_cast<int>(order));
}

void end_of_life(Cell& cell) noexcept {
  if (exploring()) history_of(cell).ended = true;
}

void fence(std::memory_order order) {
  if (!exploring()) return;
  step();
  View& mine = view();
  ++own_clock();
  if (acquires(order)) mine.now.join(mine.fence_acquire);
  if (order == std::memory_order_seq_cst) {
    mine.now.join(g_sequential);
    g_sequential = mine.now;
  }
  if (releases(order)) mine.fence_release = mine.now;
  trace("fence", nullptr, 0, static_cast<int>(order));
}

// All threads pass a fence now: what any of them has done happened before what any of them does.
void fence_everywhere() {
  if (!exploring()) return;
  step();
  ++own_clock();
  Clock all;
  for (unsigned thread = 0; thread < kMostThreads; ++thread) {
    const View* each = view_of(thread);
    if (each == nullptr) continue;
    all.join(each->now);
    all.join(each->fence_acquire);
  }
  for (unsigned thread = 0; thread < kMostThreads; ++thread) {
    View* each = view_of(thread);
    if (each != nullptr) each->now = each->fence_release = all;
  }
  g_sequential.join(all);
  trace("fence everywhere", nullptr, 0, -1);
}

int Guarded::read() const {
  step();
  const Clock& now = view().now;
  if (write_at_ > now[write_by_]) fail("a read races with a write");
  read_at_[this_thread()] = ++own_clock();
  trace("read", this, static_cast<std::uint64_t>(value_), -1);
  return value_;
}

void Guarded::write(int value) {
  step();
  const Clock& now = view().now;
  if (write_at_ > now[write_by_]) fail("a write races with a write");
  for (unsigned thread = 0; thread < kMostThreads; ++thread) {
    if (read_at_[thread] > now[thread]) fail("a write races with a read");
  }
  write_by_ = this_thread();
  write_at_ = ++own_clock();
  value_ = value;
  trace("write", this, static_cast<std::uint64_t>(value), -1);
}

}  // namespace sluice::model

namespace sluice::base {
void fence(std::memory_order order) noexcept { model::fence(order); }
void asymmetric_fence_heavy() noexcept { model::fence_everywhere(); }
}  // namespace sluice::base

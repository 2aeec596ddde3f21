// std::atomic as the explorer sees it: each operation is a point at which another thread may go on,
// and each load may find any value that C++'s memory model allows. Compiled into the runtime's own
// sources in place of std::atomic.
#pragma once

#include <atomic>
#include <cstdint>
#include <type_traits>

namespace sluice::model {

struct History;

// One atomic word: its newest value, and what was stored there in this execution.
struct Cell {
  std::uint64_t newest = 0;
  std::uint64_t execution = 0;
  History* history = nullptr;
};

std::uint64_t load(Cell& cell, std::memory_order order) noexcept;
void store(Cell& cell, std::uint64_t bits, std::memory_order order) noexcept;
// Reads the newest value and, if `change` says so, replaces it in the same step. Returns what it
// read.
template <class Change>
std::uint64_t modify(Cell& cell, std::memory_order success, std::memory_order failure,
                     Change change) noexcept;
std::uint64_t begin_modify(Cell& cell) noexcept;
void end_modify(Cell& cell, bool changed, std::uint64_t bits, std::memory_order order) noexcept;
void end_of_life(Cell& cell) noexcept;

template <class T>
class Atomic {
 public:
  constexpr Atomic() noexcept : Atomic(T()) {}
  constexpr Atomic(T value) noexcept : cell_{bits(value), 0, nullptr} {}
  Atomic(const Atomic&) = delete;
  Atomic& operator=(const Atomic&) = delete;
  ~Atomic() { end_of_life(cell_); }

  T load(std::memory_order order = std::memory_order_seq_cst) const noexcept {
    return value(model::load(cell_, order));
  }
  void store(T desired, std::memory_order order = std::memory_order_seq_cst) noexcept {
    model::store(cell_, bits(desired), order);
  }
  T exchange(T desired, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return update(order, [desired](T) { return desired; });
  }
  bool compare_exchange_strong(T& expected, T desired, std::memory_order success,
                               std::memory_order failure) noexcept {
    const std::uint64_t found = begin_modify(cell_);
    const bool same = found == bits(expected);
    end_modify(cell_, same, bits(desired), same ? success : failure);
    if (!same) expected = value(found);
    return same;
  }
  bool compare_exchange_strong(T& expected, T desired,
                               std::memory_order order = std::memory_order_seq_cst) noexcept {
    return compare_exchange_strong(expected, desired, order,
                                   order == std::memory_order_acq_rel   ? std::memory_order_acquire
                                   : order == std::memory_order_release ? std::memory_order_relaxed
                                                                        : order);
  }
  // Never fails without a reason: what a retry would do is another schedule's first try.
  template <class... Orders>
  bool compare_exchange_weak(T& expected, T desired, Orders... orders) noexcept {
    return compare_exchange_strong(expected, desired, orders...);
  }
  T fetch_add(T by, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return update(order, [by](T was) { return static_cast<T>(was + by); });
  }
  T fetch_sub(T by, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return update(order, [by](T was) { return static_cast<T>(was - by); });
  }
  T fetch_and(T by, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return update(order, [by](T was) { return static_cast<T>(was & by); });
  }
  T fetch_or(T by, std::memory_order order = std::memory_order_seq_cst) noexcept {
    return update(order, [by](T was) { return static_cast<T>(was | by); });
  }

  const Cell* cell() const noexcept { return &cell_; }

 private:
  static constexpr std::uint64_t bits(T value) noexcept {
    if constexpr (std::is_pointer_v<T>) {
      return value == nullptr ? 0 : reinterpret_cast<std::uintptr_t>(value);
    } else {
      return static_cast<std::uint64_t>(value);
    }
  }
  static T value(std::uint64_t bits) noexcept {
    if constexpr (std::is_pointer_v<T>) {
      return reinterpret_cast<T>(static_cast<std::uintptr_t>(bits));
    } else {
      return static_cast<T>(bits);
    }
  }
  template <class F>
  T update(std::memory_order order, F change) noexcept {
    const T was = value(begin_modify(cell_));
    end_modify(cell_, true, bits(change(was)), order);
    return was;
  }

  mutable Cell cell_;
};

}  // namespace sluice::model

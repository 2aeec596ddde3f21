// Memory for one look at the program's memory: it comes from the system, not from the heap, so that
// it can be had while threads are stopped in the middle of malloc, and is itself not looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <new>
#include <type_traits>

namespace sluice::checked {

class Scratch {
 public:
  Scratch() noexcept;
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  bool ok() const noexcept { return low_ != nullptr; }

  // Zeroed; null when there is no room. Given back all together, when this is destroyed.
  template <class T>
  T* take(std::size_t count) noexcept {
    static_assert(std::is_trivially_destructible_v<T>);
    return static_cast<T*>(take_bytes(count, sizeof(T), alignof(T)));
  }

  bool contains(std::uintptr_t address) const noexcept {
    return address >= low() && address < high();
  }
  std::uintptr_t low() const noexcept { return reinterpret_cast<std::uintptr_t>(low_); }
  std::uintptr_t high() const noexcept { return low() + size_; }
  std::size_t left() const noexcept { return size_ - used_; }

 private:
  void* take_bytes(std::size_t count, std::size_t size, std::size_t align) noexcept;

  std::byte* low_ = nullptr;
  std::size_t size_ = 0;
  std::size_t used_ = 0;
};

// A growing list in scratch memory whose room is known beforehand.
template <class T>
class ScratchList {
 public:
  bool reserve(Scratch& scratch, std::size_t room) noexcept {
    data_ = scratch.take<T>(room);
    room_ = data_ != nullptr ? room : 0;
    size_ = 0;
    return data_ != nullptr;
  }
  // False, and nothing done, when it is full.
  bool push(const T& value) noexcept {
    if (size_ == room_) return false;
    ::new (&data_[size_++]) T(value);
    return true;
  }
  T pop() noexcept { return data_[--size_]; }
  bool empty() const noexcept { return size_ == 0; }
  std::size_t size() const noexcept { return size_; }
  T& operator[](std::size_t i) noexcept { return data_[i]; }
  const T& operator[](std::size_t i) const noexcept { return data_[i]; }
  T* begin() noexcept { return data_; }
  T* end() noexcept { return data_ + size_; }
  const T* begin() const noexcept { return data_; }
  const T* end() const noexcept { return data_ + size_; }

 private:
  T* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t room_ = 0;
};

}  // namespace sluice::checked

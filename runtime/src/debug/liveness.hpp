// Which goroutines can ever run again: the one fixed point behind "blocked for ever". Works on
// plain data; knows neither memory nor what a lock is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "debug/scratch.hpp"

namespace sluice::checked {

// One goroutine. Asleep, it can go on once
//   - every goroutine in `all_of` can (it must give something up, or finish), and
//   - one of the objects in `any_of`, if there are any, can be reached by somebody who can run.
// So a lock is its holders in all_of; a channel, or a select over several, is any_of; a WaitGroup
// is both.
struct Sleeping {
  bool awake = false;  // runs, will be woken by the clock, or nothing is known of it
  bool never = false;  // waits for nothing that can come: a nil channel, a lock left locked
  std::span<std::uint32_t> all_of = {};  // goroutines, by index
  std::span<std::uint32_t> any_of = {};  // objects, by number
};

// What those who can run refer to.
class Reach {
 public:
  // This goroutine can run: what it refers to can be reached from now on.
  virtual void add(std::uint32_t goroutine) = 0;
  // An object that can be reached and was not given before; false when there is none (any more).
  virtual bool next(std::uint32_t& object) = 0;

 protected:
  ~Reach() = default;
};

// live[i] says for each goroutine whether it may run again. It errs only that way. False: there was
// not room enough to find out.
bool find_live(std::span<const Sleeping> goroutines, std::uint32_t objects, Reach& reach,
               Scratch& scratch, std::span<bool> live);

// Everything can be reached: what is found dead then, is so by who holds what alone.
class ReachAll final : public Reach {
 public:
  explicit ReachAll(std::uint32_t objects) : objects_(objects) {}
  void add(std::uint32_t) override {}
  bool next(std::uint32_t& object) override {
    object = given_;
    return given_++ < objects_;
  }

 private:
  const std::uint32_t objects_;
  std::uint32_t given_ = 0;
};

}  // namespace sluice::checked

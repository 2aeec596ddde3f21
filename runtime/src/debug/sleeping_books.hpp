// What each goroutine waits for, as the fixed point wants to know it: put together from the books,
// without taking a lock or allocating, while the rest of the program is stopped.
#pragma once

#include <cstdint>
#include <span>

#include "debug/books.hpp"
#include "debug/liveness.hpp"
#include "debug/scratch.hpp"

namespace sluice::checked {

// A goroutine that owes a WaitGroup a done which nobody else will do.
struct ExactDebt {
  ObjectId group = kNoObject;
  std::uint64_t uid = 0;
  std::uint32_t number = 0;  // SleepingBooks fills it in
};

// A lock whose holder has ended. Handed on, it may be freed by whoever can get at it.
struct LeftLocked {
  ObjectId lock = kNoObject;
  bool handed_on = false;
};

class SleepingBooks {
 public:
  SleepingBooks(Books& books, Scratch& scratch) noexcept : books_(books), scratch_(scratch) {}

  // Filled by the caller, before anything is stopped: what only a lock gives.
  ScratchList<LeftLocked> left_locked;
  ScratchList<ExactDebt> debts;
  ScratchList<const void*> externals;  // objects whose waiters somebody unknown wakes

  // Goroutines of the run, numbered from 0; `extra` more are left for the caller to fill. Behind
  // those come sleepers that stand for a lock with many holders.
  bool read(std::uint32_t extra) noexcept;

  // `parked` says whether the runtime has a goroutine parked this moment; the state's `number` is
  // the goroutine's. The caller may add so many objects of its own afterwards.
  using Parked = bool (*)(const ActorState& actor, void* context);
  bool conclude(Parked parked, void* context, std::uint32_t more_objects) noexcept;

  std::span<Sleeping> goroutines() noexcept { return {sleeping_, count_}; }
  std::uint32_t known() const noexcept { return known_; }
  ActorState* actor(std::uint32_t number) const noexcept { return actors_[number]; }
  // kNone: not a goroutine of this run.
  static constexpr std::uint32_t kNone = ~std::uint32_t{0};
  std::uint32_t number_of(const ActorState* actor) const noexcept;

  std::uint32_t objects() const noexcept { return static_cast<std::uint32_t>(objects_.size()); }
  const void* address(std::uint32_t object) const noexcept { return objects_[object].address; }
  ObjectId id(std::uint32_t object) const noexcept { return objects_[object].id; }
  // An object of the caller's own.
  std::uint32_t add_object(const void* address) noexcept;
  std::span<std::uint32_t> list(std::initializer_list<std::uint32_t> values) noexcept;

 private:
  struct Object {
    ObjectId id = kNoObject;
    const void* address = nullptr;
    std::uint32_t next = 0;     // in its bucket, plus one
    std::uint32_t holders = 0;  // the first of them, plus one
    bool free_handed = false;   // somebody else than its holder may free it
    bool held = false;
    std::span<std::uint32_t> needs;  // who must go on before it is free
  };
  struct Holder {
    std::uint32_t number = 0;
    std::uint32_t next = 0;
  };

  bool reserve(std::uint32_t objects) noexcept;
  std::uint32_t object_of(ObjectId id) noexcept;  // kNone: it is gone
  std::uint32_t find_object(ObjectId id) const noexcept;
  void read_holders() noexcept;
  void read_debts() noexcept;
  std::span<std::uint32_t> needs_of(Object& object) noexcept;
  bool woken_from_outside(const Wait& wait) const noexcept;
  void conclude_lock(Sleeping& sleeping, ActorState& actor) noexcept;
  void conclude_group(Sleeping& sleeping, const Wait& wait) noexcept;
  void conclude_any(Sleeping& sleeping, const Wait& wait) noexcept;

  Books& books_;
  Scratch& scratch_;
  Sleeping* sleeping_ = nullptr;
  ActorState** actors_ = nullptr;
  bool* asleep_ = nullptr;
  std::uint32_t known_ = 0;
  std::uint32_t count_ = 0;
  ScratchList<Object> objects_;
  ScratchList<Holder> holders_;
  std::uint32_t* buckets_ = nullptr;
  std::size_t bucket_mask_ = 0;
  bool failed_ = false;
};

}  // namespace sluice::checked

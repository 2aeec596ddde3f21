// A stateless model checker: runs a small program of a few threads again and again, each time with
// another schedule and other values for its loads, until it has tried all within the bounds. After
// CHESS (Musuvathi et al., OSDI 2008) for preemption bounding, and CDSChecker (Norris and Demsky,
// OOPSLA 2013) for loads that read from the past.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sluice::model {

// A switch from a thread that could have gone on is a preemption; a load of anything but the newest
// value is a stale read. Every other choice is free. Executions that need more of either are not
// tried.
struct Bounds {
  int preemptions = 2;
  int stale_reads = 1;
};

struct Result {
  std::uint64_t schedules = 0;
  std::string failure;  // empty: none; else what went wrong, and the steps that led there
};

// `program` is thread 0. It is run as often as there are schedules, so it must make its state anew.
Result explore(const Bounds& bounds, const std::function<void()>& program);

// For programs.
void spawn(std::function<void()> thread);
// Waits until all other threads have ended.
void join_all();
// Lets no schedule pass in which this is false.
void check(bool holds, const char* what);

// Memory that two threads must not touch at the same time, one of them writing: the explorer checks
// that one access happens before the other.
class Guarded {
 public:
  int read() const;
  void write(int value);

 private:
  mutable std::uint32_t write_by_ = 0, write_at_ = 0;
  mutable std::uint32_t read_at_[8] = {};
  int value_ = 0;
};

// An object whose memory stays when its life ends, so that a use after that is seen as one.
template <class T>
class Mortal {
 public:
  template <class... Args>
  explicit Mortal(Args&&... args) {
    object_ = ::new (room_) T(std::forward<Args>(args)...);
  }
  T& operator*() noexcept { return *object_; }
  T* operator->() noexcept { return object_; }
  void end() noexcept { object_->~T(); }

 private:
  alignas(T) unsigned char room_[sizeof(T)];
  T* object_;
};

// ---- for the stand-ins of the runtime's lower layers ----

// The number of the thread that runs.
unsigned this_thread();
// The thread waits for memory to change: it is not run again before that, unless no other can.
void give_way();
// Stops the thread until wake(thread); `why` is told if that never comes. A wake that came first
// ends the wait at once.
void block(const char* why);
void wake(unsigned thread);
// Ends the execution as a failure.
[[noreturn]] void fail(const std::string& what);
// A step of the running thread: others may run before it.
void step();

}  // namespace sluice::model

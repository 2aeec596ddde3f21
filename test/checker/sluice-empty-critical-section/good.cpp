// RUN: %check_all %s
// expected-no-diagnostics
#include <condition_variable>
#include <mutex>
#include <utility>

#include <sluice/sluice.hpp>

sluice::Mutex mu, other;
std::mutex plain;
std::mutex more;
std::recursive_mutex recursive;
std::condition_variable changed;
int total;

void usual() {
  mu.lock();
  total++;
  mu.unlock();
  std::lock_guard<std::mutex> guard(plain);
  total++;
}
// Hand over hand.
void hands(sluice::Mutex& next) {
  mu.lock();
  next.lock();
  mu.unlock();
  total++;
  next.unlock();
}
// A guard made later, or given on.
std::unique_lock<std::mutex> taken() { return std::unique_lock<std::mutex>(plain); }
void later() {
  std::unique_lock<std::mutex> guard;
  guard = std::unique_lock<std::mutex>(plain);
  total++;
}
void use(std::unique_lock<std::mutex>) {}
void given() { use(std::unique_lock<std::mutex>(plain)); }
// A lock that the caller holds is let go.
void let_go() { std::lock_guard<std::mutex>{plain, std::adopt_lock}; }
// A loop between the two.
void loop() {
  mu.lock();
  while (total < 10) total++;
  mu.unlock();
}
// Of which one may not be the other.
void two() {
  mu.lock();
  other.unlock();
  mu.unlock();
  other.lock();
}
// Whether it is free at this moment.
bool is_free() {
  if (!mu.try_lock()) return false;
  mu.unlock();
  return true;
}
// Lets pass whoever has asked and is about to wait.
void wakes() {
  plain.lock();
  plain.unlock();
  changed.notify_all();
}
// All of them at once.
void all() {
  std::lock(plain, more);
  plain.unlock();
  more.unlock();
}
// Held anyway.
void nested() {
  std::lock_guard<std::recursive_mutex> guard(recursive);
  recursive.lock();
  recursive.unlock();
}
// Waits for something, under the lock.
namespace absl {
class Condition {
 public:
  explicit Condition(const bool*);
};
class Mutex {
 public:
  void LockWhen(const Condition&);
  void Unlock();
};
}  // namespace absl
void until(absl::Mutex& plain, const bool* ready) {
  plain.LockWhen(absl::Condition(ready));
  plain.Unlock();
}

// Waits until the function that starts it lets go.
void waits_for_the_starter() {
  sluice::Mutex held;
  sluice::WaitGroup wg;
  held.lock();
  wg.go([&] {
    held.lock();
    held.unlock();
  });
  total++;
  held.unlock();
  wg.wait();
}

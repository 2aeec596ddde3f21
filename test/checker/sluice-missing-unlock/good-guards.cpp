// RUN: %check_all %s
// expected-no-diagnostics
// Scopes that hold locks: the standard's, moved and returned, and those that projects write for themselves.
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <stdexcept>

std::mutex mu, other;
std::shared_mutex rw;
std::condition_variable cv;
std::map<int, int> table;
int total;
void risky();

int guarded(int key) {
  std::lock_guard<std::mutex> guard(mu);
  if (key < 0) return -1;
  if (key == 0) throw std::invalid_argument("zero");
  return table.at(key);
}

int scoped(int key) {
  std::scoped_lock both(mu, other);
  return table.at(key);
}

int readers(int key) {
  std::shared_lock lock(rw);
  return table.at(key);
}

int by_hand_inside(int x) {
  std::unique_lock<std::mutex> lock(mu);
  if (x < 0) return -1;
  lock.unlock();
  risky();
  lock.lock();
  if (x == 0) {
    lock.unlock();
    return 0;
  }
  return ++total;
}

void deferred(bool now) {
  std::unique_lock<std::mutex> lock(mu, std::defer_lock);
  if (now) lock.lock();
  total++;
}

void two_deferred() {
  std::unique_lock<std::mutex> first(mu, std::defer_lock);
  std::unique_lock<std::mutex> second(other, std::defer_lock);
  std::lock(first, second);
  if (total > 3) return;
  total++;
}

void adopted(int x) {
  mu.lock();
  std::lock_guard<std::mutex> guard(mu, std::adopt_lock);
  if (x < 0) return;
  total += x;
}

void both_adopted(int x) {
  std::lock(mu, other);
  std::lock_guard<std::mutex> first(mu, std::adopt_lock);
  std::lock_guard<std::mutex> second(other, std::adopt_lock);
  if (x < 0) throw std::invalid_argument("negative");
}

std::unique_lock<std::mutex> returned() {
  std::unique_lock<std::mutex> lock(mu);
  total++;
  return lock;
}

std::unique_lock<std::mutex> returned_at_once() { return std::unique_lock<std::mutex>(mu); }

void moved(std::unique_lock<std::mutex> lock);
void moves(int x) {
  std::unique_lock<std::mutex> lock(mu);
  if (x < 0) return;
  moved(std::move(lock));
}

void waits() {
  std::unique_lock<std::mutex> lock(mu);
  while (total == 0) cv.wait(lock);
  cv.wait(lock, [] { return total > 0; });
  if (total == 3) return;
  total--;
}

void released_for_good() {
  std::unique_lock<std::mutex> lock(mu);
  std::mutex* mine = lock.release();
  total++;
  mine->unlock();
}

void assigned(bool second) {
  std::unique_lock<std::mutex> lock(mu);
  if (second) lock = std::unique_lock<std::mutex>(other);
  total++;
}

// A project's own.
class AutoLock {
 public:
  explicit AutoLock(std::mutex& mutex) : mutex_(mutex) { mutex_.lock(); }
  ~AutoLock() { mutex_.unlock(); }

 private:
  std::mutex& mutex_;
};

class MaybeLock {
 public:
  explicit MaybeLock(std::mutex* mutex) : mutex_(mutex) {
    if (mutex_) mutex_->lock();
  }
  ~MaybeLock() { release(); }
  void release() {
    if (mutex_) mutex_->unlock();
    mutex_ = nullptr;
  }

 private:
  std::mutex* mutex_;
};

class Unlocker {
 public:
  explicit Unlocker(std::mutex& mutex) : mutex_(mutex) {}
  ~Unlocker() { mutex_.unlock(); }

 private:
  std::mutex& mutex_;
};

int own_guard(int x) {
  AutoLock lock(mu);
  if (x < 0) throw std::invalid_argument("negative");
  return total += x;
}

int own_maybe(int x, bool threaded) {
  MaybeLock lock(threaded ? &mu : nullptr);
  if (x < 0) return -1;
  lock.release();
  risky();
  return total += x;
}

int adopted_by_own(int x) {
  mu.lock();
  Unlocker unlock(mu);
  if (x < 0) throw std::invalid_argument("negative");
  return table.at(x);
}

int by_local_struct(int x) {
  struct Unlock {
    ~Unlock() { mu.unlock(); }
  };
  mu.lock();
  Unlock unlock;
  if (x < 0) return -1;
  return ++total;
}

class ScopeExit {
 public:
  explicit ScopeExit(std::function<void()> f) : f_(std::move(f)) {}
  ~ScopeExit() { f_(); }

 private:
  std::function<void()> f_;
};

template <class F>
class Finally {
 public:
  explicit Finally(F f) : f_(std::move(f)) {}
  ~Finally() { f_(); }

 private:
  F f_;
};

int by_scope_exit(int x) {
  mu.lock();
  ScopeExit unlock([] { mu.unlock(); });
  if (x < 0) return -1;
  return table.at(x);
}

int by_finally(int x) {
  mu.lock();
  auto unlock = Finally([&] { mu.unlock(); });
  if (x < 0) throw std::invalid_argument("negative");
  return ++total;
}

int by_deleter(int x) {
  mu.lock();
  const auto unlock = [](std::mutex* m) { m->unlock(); };
  std::unique_ptr<std::mutex, decltype(unlock)> owner(&mu, unlock);
  if (x < 0) return -1;
  return ++total;
}

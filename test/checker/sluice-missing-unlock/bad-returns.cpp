// RUN: %check_all %s
// Paths that leave by return, or at the end, with a lock that other paths release.
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>

std::mutex mu;
int total;

int early_return(int x) {
  mu.lock();
  if (x < 0) return -1;  // expected-warning {{'mu' is still locked when 'early_return' returns here; it was locked on line 12}}
  total += x;
  mu.unlock();
  return 0;
}

class Account {
 public:
  bool withdraw(int amount) {
    mu_.lock();
    if (amount > balance_) {
      return false;  // expected-warning {{'mu_' is still locked when 'withdraw' returns here}}
    }
    balance_ -= amount;
    mu_.unlock();
    return true;
  }

  // The end of the function is a way out too.
  void deposit(int amount) {
    mu_.lock();
    if (amount > 0) {
      balance_ += amount;
      mu_.unlock();
    }
  }  // expected-warning {{'mu_' is still locked at the end of 'deposit'}}

  int in_one_branch(int kind) {
    mu_.lock();
    int result = 0;
    if (kind == 0) {
      result = balance_;
      mu_.unlock();
    } else {
      result = -1;
    }
    return result;  // expected-warning {{'mu_' is still locked when 'in_one_branch' returns here}}
  }

 private:
  std::mutex mu_;
  int balance_ = 0;
};

class Cache {
 public:
  const std::string* find(int key) const {
    mu_.lock_shared();
    auto it = values_.find(key);
    if (it == values_.end()) return nullptr;  // expected-warning {{'mu_' is still locked when 'find' returns here}}
    const std::string* value = &it->second;
    mu_.unlock_shared();
    return value;
  }

  void put(int key, std::string value) {
    mu_.lock();
    if (frozen_) return;  // expected-warning {{'mu_' is still locked when 'put' returns here}}
    values_[key] = std::move(value);
    mu_.unlock();
  }

 private:
  mutable std::shared_mutex mu_;
  std::map<int, std::string> values_;
  bool frozen_ = false;
};

int in_a_switch(int kind) {
  mu.lock();
  switch (kind) {
    case 0:
      total = 0;
      break;
    case 1:
      return 7;  // expected-warning {{'mu' is still locked when 'in_a_switch' returns here}}
    default:
      mu.unlock();
      return -1;
  }
  mu.unlock();
  return 0;
}

// Two locks, one of them left behind.
std::mutex a, b;
int one_of_two(bool skip) {
  a.lock();
  b.lock();
  if (skip) {
    b.unlock();
    return 1;  // expected-warning {{'a' is still locked when 'one_of_two' returns here}}
  }
  total++;
  b.unlock();
  a.unlock();
  return 0;
}

// The other object's lock is released instead.
struct Node {
  std::mutex mu;
  int value = 0;
};
void other_object(Node& from, Node& to, int x) {
  from.mu.lock();
  if (x > from.value) {
    to.mu.unlock();
    return;  // expected-warning {{'from.mu' is still locked when 'other_object' returns here}}
  }
  from.value -= x;
  from.mu.unlock();
}

// A flag that does not say what the author thought it says.
void wrong_flag(bool locked, bool fast) {
  if (locked) mu.lock();
  total++;
  if (fast) mu.unlock();
}  // expected-warning {{'mu' is still locked at the end of 'wrong_flag'}}

// The condition is the right one, but it changes in between.
void changed_flag(bool locked) {
  if (locked) mu.lock();
  total++;
  if (total > 10) locked = false;
  if (locked) mu.unlock();
}  // expected-warning {{'mu' is still locked at the end of 'changed_flag'}}

// Protected data read again after the lock was let go: it may have changed.
bool closed;
void checks_again() {
  mu.lock();
  while (total == 0) {
    if (closed) {
      mu.unlock();
      return;
    }
    mu.unlock();
    mu.lock();
    if (closed) return;  // expected-warning {{'mu' is still locked when 'checks_again' returns here}}
  }
  total--;
  mu.unlock();
}

// Locked by a helper of this file, which makes it no less locked.
static void enter() { mu.lock(); }
static void leave() { mu.unlock(); }
int through_helpers(int x) {
  enter();
  if (x == 0) return 0;  // expected-warning {{'mu' is still locked when 'through_helpers' returns here}}
  leave();
  return 1;
}

// unique_lock::release leaves its owner with a lock to release by hand.
int released_guard(int x) {
  std::unique_lock<std::mutex> lock(mu);
  lock.release();
  if (x == 3) return 1;  // expected-warning {{'mu' is still locked when 'released_guard' returns here}}
  mu.unlock();
  return 0;
}

template <class T>
class Box {
 public:
  bool set(T value) {
    mu_.lock();
    if (value == value_) return false;  // expected-warning {{'mu_' is still locked when 'set' returns here}}
    value_ = value;
    mu_.unlock();
    return true;
  }

 private:
  std::mutex mu_;
  T value_{};
};
bool use(Box<int>& box, Box<long>& other) { return box.set(1) && other.set(2); }

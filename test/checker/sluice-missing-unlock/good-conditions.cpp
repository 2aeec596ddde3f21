// RUN: %check_all %s
// expected-no-diagnostics
// Locking and unlocking under the same condition, however it is written.
#include <mutex>

std::mutex mu;
int total;
bool threaded;
bool use_locks();
bool is_threaded(int kind);

void by_parameter(bool lock) {
  if (lock) mu.lock();
  total++;
  if (lock) mu.unlock();
}

void by_negation(bool single) {
  if (!single) mu.lock();
  total++;
  if (single == false) mu.unlock();
}

void by_global() {
  if (threaded) mu.lock();
  total++;
  if (threaded) mu.unlock();
}

void by_number(int mode) {
  if (mode == 3) mu.lock();
  total++;
  if (mode != 3) return;
  mu.unlock();
}

void by_comparison(int n, int limit) {
  if (n < limit) mu.lock();
  total++;
  if (limit > n) mu.unlock();
}

void by_range(int n) {
  if (n > 10) mu.lock();
  total++;
  if (n >= 11) mu.unlock();
}

void by_mask(unsigned flags) {
  if (flags & 4) mu.lock();
  total++;
  if ((flags & 4) != 0) mu.unlock();
}

void by_pointer(std::mutex* lock) {
  if (lock) lock->lock();
  total++;
  if (lock != nullptr) lock->unlock();
}

void by_call() {
  if (use_locks()) mu.lock();
  total++;
  if (use_locks()) mu.unlock();
}

void by_call_with_argument(int kind) {
  if (is_threaded(kind)) {
    mu.lock();
  }
  total++;
  if (is_threaded(kind)) {
    mu.unlock();
  }
}

void by_copy(bool lock) {
  const bool locked = lock;
  if (lock) mu.lock();
  total++;
  lock = false;
  if (locked) mu.unlock();
}

void by_flag_set_later(int x) {
  bool locked = false;
  if (x > 0) {
    mu.lock();
    locked = true;
  }
  for (int i = 0; i < x; ++i) total += i;
  if (locked) mu.unlock();
}

void by_computed_flag(bool a, bool b) {
  const bool need = a && !b;
  if (need) mu.lock();
  total++;
  if (need) mu.unlock();
}

void by_two_conditions(bool a, bool b) {
  if (a && b) mu.lock();
  total++;
  if (a) {
    if (b) mu.unlock();
  }
}

void by_either(bool a, bool b) {
  if (a || b) mu.lock();
  total++;
  if (!a && !b) return;
  mu.unlock();
}

void by_choice(bool lock) {
  std::mutex* which = lock ? &mu : nullptr;
  if (which) which->lock();
  total++;
  if (which) which->unlock();
}

void in_a_switch(int kind) {
  switch (kind) {
    case 1:
    case 2:
      mu.lock();
      break;
    default:
      break;
  }
  total++;
  switch (kind) {
    case 1:
    case 2:
      mu.unlock();
      break;
    default:
      break;
  }
}

void only_one_case(int kind) {
  switch (kind) {
    case 1:
      mu.lock();
      total++;
      mu.unlock();
      break;
    case 2:
      total--;
      [[fallthrough]];
    default:
      total = 0;
  }
}

int by_result(int x) {
  int rc = 0;
  mu.lock();
  if (x < 0) {
    rc = -1;
    mu.unlock();
  } else if (x == 0) {
    rc = -2;
    mu.unlock();
  }
  if (rc != 0) return rc;
  total += x;
  mu.unlock();
  return rc;
}

class Options {
 public:
  bool threaded() const { return threaded_; }
  bool shared_ = false;

 private:
  bool threaded_ = false;
};

class Store {
 public:
  void put(int x) {
    if (options_.threaded()) mu_.lock();
    apply(x);
    if (options_.threaded()) mu_.unlock();
  }
  void drop(int x) {
    if (options_.shared_) mu_.lock();
    for (int i = 0; i < x; ++i) apply(-i);
    if (options_.shared_) mu_.unlock();
  }
  // Unlocked early on one condition.
  void early(int x) {
    mu_.lock();
    const bool done = value_ == x;
    if (done) mu_.unlock();
    apply(x);
    if (!done) mu_.unlock();
  }

 private:
  void apply(int x);
  std::mutex mu_;
  Options options_;
  int value_ = 0;
};

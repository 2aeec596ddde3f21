// RUN: %check_all %s
// No path releases the lock, and nothing says that a caller should.
#include <mutex>
#include <vector>

namespace {
std::mutex table_mu;
std::vector<int> table;
}  // namespace

void add(int x) {
  table_mu.lock();
  table.push_back(x);
}  // expected-warning {{'table_mu' is still locked at the end of 'add'; it was locked on line 12}}

class Counter {
 public:
  void increment() {
    mu_.lock();
    ++value_;
  }  // expected-warning {{'mu_' is still locked at the end of 'increment'}}

  int value() {
    std::lock_guard<std::mutex> guard(mu_);
    return value_;
  }

 private:
  std::mutex mu_;
  int value_ = 0;
};

static int helper(int x) {
  table_mu.lock();
  return x + 1;  // expected-warning {{'table_mu' is still locked when 'helper' returns here}}
}
// The mistake is the helper's; nothing is said of those who call it.
int calls_helper(int x) { return helper(x) * 2; }

// The rest of the file shows how this lock is meant to be used.
struct Queue {
  std::mutex mu;
  std::vector<int> items;
};
void push(Queue& q, int x) {
  q.mu.lock();
  q.items.push_back(x);
  q.mu.unlock();
}
bool empty(Queue& q) {
  q.mu.lock();
  const bool result = q.items.empty();
  q.mu.unlock();
  return result;
}
void clear(Queue& q) {
  q.mu.lock();
  q.items.clear();
}  // expected-warning {{'q.mu' is still locked at the end of 'clear'}}

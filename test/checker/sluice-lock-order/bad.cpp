// RUN: %check_all %s
// One order here, another one there.
#include <mutex>

#include <sluice/sluice.hpp>

sluice::Mutex accounts, ledger, log_mu;
int total;

void transfer() {
  sluice::Lock first(accounts);
  sluice::Lock second(ledger);
  total++;
}
void audit() {
  sluice::Lock first(ledger);
  sluice::Lock second(accounts);  // expected-warning {{'accounts' is locked here while 'ledger' is held, and elsewhere it is the other way round}}
  total--;
}

// Through functions, and of fields.
class Cache {
 public:
  void store(int x);
  void drop() {
    std::lock_guard<std::mutex> lock(mu_);
    value_ = 0;
  }
  void flush();

 private:
  friend class Index;
  std::mutex mu_;
  int value_ = 0;
};
class Index {
 public:
  void add(int x) {
    std::lock_guard<std::mutex> lock(mu_);
    last_ = x;
  }
  void rebuild(Cache& cache) {
    std::lock_guard<std::mutex> lock(mu_);
    cache.drop();
  }

 private:
  std::mutex mu_;
  int last_ = 0;
};
Index shared_index;
void Cache::store(int x) {
  std::lock_guard<std::mutex> lock(mu_);
  shared_index.add(x);  // expected-warning {{is locked here while 'mu_' is held, and elsewhere it is the other way round}}
}
void uses(Cache& cache) {
  cache.store(1);
  shared_index.rebuild(cache);
}

// Three in a circle.
std::mutex a, b, c;
void ab() {
  std::lock_guard<std::mutex> first(a);
  std::lock_guard<std::mutex> second(b);
}
void bc() {
  std::lock_guard<std::mutex> first(b);
  std::lock_guard<std::mutex> second(c);
}
void ca() {
  std::lock_guard<std::mutex> first(c);
  std::lock_guard<std::mutex> second(a);  // expected-warning {{'a' is locked here while 'c' is held}}
}

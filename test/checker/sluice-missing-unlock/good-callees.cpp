// RUN: %check_all %s
// expected-no-diagnostics
// Locks that are released by something that is called, stored or given away.
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

std::mutex mu;
int total;

struct Conn {
  std::mutex mu;
  int fd = -1;
};

// Released by a callee of this file, or not, as an argument or its result says.
static void finish(Conn* c) {
  c->fd = -1;
  c->mu.unlock();
}
static void maybe_finish(Conn* c, bool locked) {
  if (locked) c->mu.unlock();
}
static bool finish_if_closed(Conn* c) {
  if (c->fd >= 0) return false;
  c->mu.unlock();
  return true;
}

void by_callee(Conn* c, int x) {
  c->mu.lock();
  if (x < 0) {
    finish(c);
    return;
  }
  if (x == 0) {
    maybe_finish(c, true);
    return;
  }
  maybe_finish(c, false);
  if (finish_if_closed(c)) return;
  c->mu.unlock();
}

// Released by a callee of another file, which its name or what it is given says.
void unlock_conn(Conn* c);
void conn_release(Conn* c);
void take_over(std::mutex& lock);
void take_over(std::mutex* lock);
void by_other_file(Conn* c, int x) {
  c->mu.lock();
  if (x == 0) {
    unlock_conn(c);
    return;
  }
  if (x == 1) {
    conn_release(c);
    return;
  }
  if (x == 2) {
    take_over(c->mu);
    return;
  }
  if (x == 3) {
    take_over(&c->mu);
    return;
  }
  c->mu.unlock();
}

struct Ops {
  void (*unlock)(Conn* c);
};
void by_pointer_to_function(Conn* c, int x) {
  void (*end)(Conn*) = &finish;
  c->mu.lock();
  if (x == 0) {
    end(c);
    return;
  }
  c->mu.unlock();
}

// Kept somewhere from where it is released later.
struct Batch {
  std::vector<std::mutex*> held;
  std::mutex* current = nullptr;
  ~Batch() {
    for (std::mutex* each : held) each->unlock();
  }
};
void collected(Batch& batch, Conn* c, int x) {
  c->mu.lock();
  if (x > 0) {
    batch.held.push_back(&c->mu);
    return;
  }
  c->mu.unlock();
}
void remembered(Batch& batch, Conn* c, int x) {
  c->mu.lock();
  if (x > 0) {
    batch.current = &c->mu;
    return;
  }
  c->mu.unlock();
}

// Lambdas.
void run_later(std::function<void()> f);
int by_lambda(int x) {
  const auto unlock = [&] { mu.unlock(); };
  const auto lock = [&] { mu.lock(); };
  lock();
  if (x < 0) {
    unlock();
    return -1;
  }
  total += x;
  unlock();
  return 0;
}

void given_to_another(int x) {
  mu.lock();
  if (x > 0) {
    run_later([] {
      total++;
      mu.unlock();
    });
    return;
  }
  mu.unlock();
}

void unlocked_in_thread(int x) {
  mu.lock();
  std::thread worker([x] {
    total += x;
    mu.unlock();
  });
  worker.join();
}

void locks_of_its_own(std::vector<int>& keys) {
  const auto add = [](int x) {
    mu.lock();
    total += x;
    mu.unlock();
  };
  for (int key : keys) add(key);
  run_later([] {
    mu.lock();
    if (total > 3) {
      mu.unlock();
      return;
    }
    mu.unlock();
  });
}

class Server {
 public:
  void handle(int x) {
    mu_.lock();
    if (x < 0) return reject();
    served_++;
    mu_.unlock();
  }
  void stop() {
    mu_.lock();
    stopping_ = true;
    shut();
  }

 private:
  void reject() {
    rejected_++;
    mu_.unlock();
  }
  void shut() {
    served_ = 0;
    mu_.unlock();
  }
  std::mutex mu_;
  int served_ = 0;
  int rejected_ = 0;
  bool stopping_ = false;
};
void serve(Server& s) {
  s.handle(3);
  s.stop();
}

// One of many, under another name each time.
struct Shelf {
  std::map<int, std::unique_ptr<std::mutex>> locks;
  void lock_one(int key) {
    std::unique_ptr<std::mutex>& mutex = locks[key];
    if (!mutex) mutex = std::make_unique<std::mutex>();
    mutex->lock();
  }
  void free_one(int key) {
    if (const auto found = locks.find(key); found != locks.end()) found->second->unlock();
  }
  int use(int key) {
    lock_one(key);
    const int size = static_cast<int>(locks.size());
    free_one(key);
    return size;
  }
};
int uses_shelf(Shelf& shelf) { return shelf.use(1); }
struct Freer {
  Shelf& shelf;
  int key;
  ~Freer() { shelf.free_one(key); }
};
int frees_at_the_end(Shelf& shelf) {
  shelf.lock_one(2);
  Freer freer{shelf, 2};
  return static_cast<int>(shelf.locks.size());
}

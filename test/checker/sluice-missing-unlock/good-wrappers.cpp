// RUN: %check_all %s
// expected-no-diagnostics
// Functions that leave a lock held, or release one that they did not take, because that is what they are for.
#include <mutex>
#include <vector>

std::mutex mu;
int total;

void lock_table() { mu.lock(); }
void unlock_table() { mu.unlock(); }

// By their callers, whatever their names are.
static void on() { mu.lock(); }
static void off() { mu.unlock(); }
void uses() {
  on();
  total++;
  off();
  lock_table();
  total++;
  unlock_table();
}

// Taken by one method, released by another.
class Session {
 public:
  void begin() {
    mu_.lock();
    active_ = true;
  }
  void commit() {
    active_ = false;
    mu_.unlock();
  }
  void run() {
    begin();
    commit();
  }
  void lock() { mu_.lock(); }
  bool try_lock() { return mu_.try_lock(); }
  void unlock() { mu_.unlock(); }

 private:
  std::mutex mu_;
  bool active_ = false;
};

void uses_session(Session& s) {
  std::lock_guard<Session> guard(s);
  total++;
}

// Released while something else happens, and taken again: the caller's lock all the time.
void call_out(void (*f)()) {
  mu.unlock();
  f();
  mu.lock();
}
void waits(bool* ready, void (*pause)()) {
  mu.lock();
  while (!*ready) call_out(pause);
  total++;
  mu.unlock();
}

// The object comes back locked.
struct Entry {
  std::mutex mu;
  int key = 0;
};
std::vector<Entry*> entries;

Entry* get_entry(int key) {
  for (Entry* entry : entries) {
    entry->mu.lock();
    if (entry->key == key) return entry;
    entry->mu.unlock();
  }
  return nullptr;
}

int fetch_entry(int key, Entry** out) {
  for (Entry* entry : entries) {
    if (entry->key != key) continue;
    entry->mu.lock();
    if (entry->key < 0) {
      entry->mu.unlock();
      return -1;
    }
    *out = entry;
    return 0;
  }
  return -1;
}

// The result says whether it is locked.
bool start(Entry& entry, int key) {
  entry.mu.lock();
  if (entry.key != key) {
    entry.mu.unlock();
    return false;
  }
  return true;
}

int prepare(Entry& entry, int key) {
  entry.mu.lock();
  if (entry.key != key) {
    entry.mu.unlock();
    return -1;
  }
  return 0;
}

void both_sides(Entry& entry) {
  if (!start(entry, 3)) return;
  if (entry.key == 3) total++;
  entry.mu.unlock();
  if (prepare(entry, 4) < 0) return;
  total++;
  entry.mu.unlock();
}

// Annotated for clang's thread-safety analysis.
class __attribute__((capability("mutex"))) Gate {
 public:
  void shut() __attribute__((acquire_capability()));
  void open() __attribute__((release_capability()));
  bool try_shut() __attribute__((try_acquire_capability(true)));
};

void annotated(Gate& gate, bool twice) {
  gate.shut();
  if (twice) total++;
  gate.open();
  if (gate.try_shut()) gate.open();
}

void hold_gate(Gate& gate) __attribute__((acquire_capability(gate))) { gate.shut(); }

// All of them, and then all of them back.
struct Stripes {
  std::mutex mu[16];
};
void lock_all(Stripes& s) {
  for (auto& each : s.mu) each.lock();
}
void sweep(Stripes& s) {
  for (int i = 0; i < 16; ++i) s.mu[i].lock();
  total++;
  for (int i = 15; i >= 0; --i) s.mu[i].unlock();
}

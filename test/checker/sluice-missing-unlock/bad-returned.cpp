// RUN: %check_all %s
// Locks in objects that a call returns: one that it has locked, and one that is locked here.
#include <memory>
#include <mutex>
#include <utility>

struct Entry {
  std::mutex mu;
  int value = 0;
  Entry* next = nullptr;
  void add(int more) { value += more; }
};

class Registry {
 public:
  Entry& get();
  Entry* find(int key);
};

int by_reference(Registry& registry, bool stop) {
  auto& entry = registry.get();
  entry.mu.lock();
  if (stop) return 0;  // expected-warning {{'entry.mu' is still locked when 'by_reference' returns here}}
  const int value = entry.value;
  entry.mu.unlock();
  return value;
}

int by_pointer(Registry& registry, int key) {
  Entry* entry = registry.find(key);
  if (entry == nullptr) return -1;
  entry->mu.lock();
  if (entry->value < 0) return -1;  // expected-warning {{'entry->mu' is still locked when 'by_pointer' returns here}}
  const int value = entry->value;
  entry->mu.unlock();
  return value;
}

// A callee locks what it returns.
std::unique_ptr<Entry> started() {
  auto entry = std::make_unique<Entry>();
  entry->mu.lock();
  return entry;
}

int both(bool stop) {
  auto first = started();
  auto second = started();
  first->mu.unlock();
  const int sum = first->value + second->value;
  if (stop) return sum;  // expected-warning {{'mu' is still locked when 'both' returns here; it was locked on line 48}}
  second->mu.unlock();
  return sum;
}

void show(const Entry& entry);
void note(int value);
int forgotten() {
  auto entry = started();
  entry->add(1);
  show(*entry);
  note(entry->value);
  return entry->value;  // expected-warning {{'mu' is still locked when 'forgotten' returns here}}
}

Entry* found(Registry& registry, int key) {
  Entry* entry = registry.find(key);
  if (entry == nullptr) return nullptr;
  entry->mu.lock();
  return entry;
}

int read_found(Registry& registry, int key) {
  Entry* entry = found(registry, key);
  if (entry == nullptr) return -1;
  if (entry->value < 0) return -1;  // expected-warning {{'mu' is still locked when 'read_found' returns here}}
  const int value = entry->value;
  entry->mu.unlock();
  return value;
}

Entry& opened(Registry& registry) {
  Entry& entry = registry.get();
  entry.mu.lock();
  return entry;
}

int read_opened(Registry& registry) {
  Entry& entry = opened(registry);
  if (entry.value == 0) return 0;  // expected-warning {{'get()->mu' is still locked when 'read_opened' returns here}}
  entry.mu.unlock();
  return 1;
}

// What stays in a local variable is still here.
struct Pair {
  Entry* first;
  int second;
};

int in_closure(bool stop) {
  auto entry = started();
  auto value = [&] { return entry->value; };
  if (stop) return value();  // expected-warning {{'mu' is still locked when 'in_closure' returns here}}
  entry->mu.unlock();
  return 0;
}

int in_aggregate(bool stop) {
  auto entry = started();
  Pair pair{entry.get(), 1};
  if (stop) return pair.second;  // expected-warning {{'mu' is still locked when 'in_aggregate' returns here}}
  pair.first->mu.unlock();
  return 0;
}

int moved(bool stop) {
  auto entry = started();
  auto other = std::move(entry);
  if (stop) return 1;  // expected-warning {{'mu' is still locked when 'moved' returns here}}
  other->mu.unlock();
  return 0;
}

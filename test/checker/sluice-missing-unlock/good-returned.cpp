// RUN: %check_all %s
// expected-no-diagnostics
// Objects that a call returns with their locks held, and what may become of them.
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

struct Entry {
  std::mutex mu;
  int value = 0;
  void close();
};
using Owned = std::unique_ptr<Entry>;

Owned started() {
  auto entry = std::make_unique<Entry>();
  entry->mu.lock();
  return entry;
}

Entry* lookup(int key);
Entry* found(int key) {
  Entry* entry = lookup(key);
  if (entry == nullptr) return nullptr;
  entry->mu.lock();
  return entry;
}

Owned perhaps(bool wanted) {
  if (!wanted) return nullptr;
  auto entry = std::make_unique<Entry>();
  entry->mu.lock();
  return entry;
}

int released(int key) {
  auto entry = started();
  entry->mu.unlock();
  Entry* other = found(key);
  if (other == nullptr) return 0;
  const int value = other->value;
  other->mu.unlock();
  return value;
}

int only_if_there(bool wanted, int key) {
  auto entry = perhaps(wanted);
  if (!entry) return 0;
  entry->mu.unlock();
  auto another = perhaps(wanted);
  if (another) another->mu.unlock();
  if (Entry* other = found(key)) other->mu.unlock();
  return 1;
}

void guarded() {
  auto entry = started();
  std::lock_guard<std::mutex> guard(entry->mu, std::adopt_lock);
  entry->value++;
}

// Whoever gets the object may release its lock.
void finish(Owned entry);
void finish_later(const Owned& entry);
void put(Entry* entry);
void put_reference(Entry& entry);
void log(int value);

void passed_on(int key) {
  finish(started());
  auto entry = started();
  log(entry->value);
  finish(std::move(entry));
  auto late = started();
  finish_later(late);
  Entry* other = found(key);
  if (other == nullptr) return;
  put(other);
}

void passed_by_reference() {
  auto entry = started();
  put_reference(*entry);
}

void by_its_own_method() {
  auto entry = started();
  entry->close();
}

Owned returned(int value) {
  auto entry = started();
  entry->value = value;
  return entry;
}

std::pair<Owned, int> returned_with_more() {
  auto entry = started();
  return {std::move(entry), 1};
}

struct Batch {
  std::vector<Owned> entries;
  Owned last;
  Entry* current = nullptr;
  std::function<void()> later;

  void fill(int key) {
    auto entry = started();
    entries.push_back(std::move(entry));
    last = started();
    auto another = started();
    last = std::move(another);
    current = found(key);
  }
  void defer(int key) {
    Entry* entry = found(key);
    if (entry == nullptr) return;
    later = [entry] { entry->mu.unlock(); };
  }
  void finish_all() {
    for (auto& each : entries) each->mu.unlock();
  }
};

void in_rounds(std::vector<Owned>& all) {
  for (int i = 0; i < 4; ++i) {
    auto entry = started();
    all.push_back(std::move(entry));
  }
  for (int i = 0; i < 4; ++i) {
    auto entry = started();
    entry->mu.unlock();
  }
}

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

// A closure, an aggregate or another pointer that has the object, and who gets those.
struct Pair {
  Entry* first;
  int second;
};
struct Holder {
  Owned entry;
  int more;
};
void take(Pair pair);
void show(const Pair& pair);
void run(std::function<void()> task);

void released_by_closure() {
  auto entry = started();
  auto release = [&] { entry->mu.unlock(); };
  release();
  auto second = started();
  auto release_second = [e = second.get()] { e->mu.unlock(); };
  release_second();
  auto third = started();
  auto release_third = [owned = std::move(third)] { owned->mu.unlock(); };
  release_third();
}

void closure_passed_on() {
  auto entry = started();
  auto release = [&] { entry->mu.unlock(); };
  run(release);
  auto second = started();
  auto inner = [&] { second->mu.unlock(); };
  run([&] { inner(); });
}

std::function<void()> closure_returned() {
  auto* entry = started().release();
  return [entry] { entry->mu.unlock(); };
}

void in_aggregate() {
  auto entry = started();
  Pair pair{entry.get(), 1};
  pair.first->mu.unlock();
  Holder holder{started(), 1};
  holder.entry->mu.unlock();
  auto second = started();
  Pair one{second.get(), 1};
  Pair other = one;
  other.first->mu.unlock();
  auto third = started();
  Entry* all[] = {third.get()};
  all[0]->mu.unlock();
}

void aggregate_passed_on() {
  auto entry = started();
  Pair taken{entry.get(), 1};
  take(taken);
  auto second = started();
  Pair shown{second.get(), 1};
  show(shown);
  auto third = started();
  take({third.get(), 1});
  auto fourth = started();
  static Pair last{fourth.get(), 1};
}

Holder aggregate_returned() {
  auto entry = started();
  return {std::move(entry), 1};
}

template <class T>
Owned forwarded(T&& entry) {
  return std::forward<T>(entry);
}

void moved() {
  auto entry = started();
  auto other = std::move(entry);
  other->mu.unlock();
  Owned assigned;
  assigned = started();
  assigned->mu.unlock();
  auto back = forwarded(started());
  back->mu.unlock();
  std::shared_ptr<Entry> shared = started();
  auto copy = shared;
  copy->mu.unlock();
}

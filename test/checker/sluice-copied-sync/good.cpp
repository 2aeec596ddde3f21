// RUN: %check_all %s
// expected-no-diagnostics
#include <pthread.h>

#include <mutex>
#include <vector>

struct Table {
  pthread_mutex_t lock;
  int size;
};

int by_pointer(Table* table) {
  pthread_mutex_lock(&table->lock);
  const int size = table->size;
  pthread_mutex_unlock(&table->lock);
  return size;
}
int by_reference(std::vector<Table>& tables) {
  int sum = 0;
  for (Table& table : tables) {
    pthread_mutex_lock(&table.lock);
    sum += table.size;
    pthread_mutex_unlock(&table.lock);
  }
  return sum;
}
// A lock of its own.
int made_anew(const Table& like) {
  Table mine = like;
  pthread_mutex_init(&mine.lock, nullptr);
  pthread_mutex_lock(&mine.lock);
  ++mine.size;
  pthread_mutex_unlock(&mine.lock);
  return mine.size;
}
const Table kFresh = {PTHREAD_MUTEX_INITIALIZER, 0};
int from_a_pattern() {
  Table mine = kFresh;
  pthread_mutex_lock(&mine.lock);
  ++mine.size;
  pthread_mutex_unlock(&mine.lock);
  return mine.size;
}
int made_here() {
  Table mine = {PTHREAD_MUTEX_INITIALIZER, 0};
  pthread_mutex_lock(&mine.lock);
  ++mine.size;
  pthread_mutex_unlock(&mine.lock);
  return mine.size;
}
// A class that gives each copy a lock of its own.
class Counter {
 public:
  Counter() = default;
  Counter(const Counter& other) : count_(other.count_) {}
  void add() {
    pthread_mutex_lock(&lock_);
    ++count_;
    pthread_mutex_unlock(&lock_);
  }
  pthread_mutex_t lock_ = PTHREAD_MUTEX_INITIALIZER;

 private:
  int count_ = 0;
};
void copies(Counter counter) {
  pthread_mutex_lock(&counter.lock_);
  counter.lock_;
  pthread_mutex_unlock(&counter.lock_);
}
void captured(Table& table) {
  auto grow = [&table] {
    pthread_mutex_lock(&table.lock);
    ++table.size;
    pthread_mutex_unlock(&table.lock);
  };
  grow();
}

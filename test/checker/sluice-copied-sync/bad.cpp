// RUN: %check_all %s
#include <pthread.h>

#include <vector>

struct Table {
  pthread_mutex_t lock;
  int size;
};

int all_of(const std::vector<Table>& tables) {
  int sum = 0;
  for (Table table : tables) {
    pthread_mutex_lock(&table.lock);  // expected-warning {{'table.lock' is a copy}}
    sum += table.size;
    pthread_mutex_unlock(&table.lock);
  }
  return sum;
}

void captured(Table& table) {
  Table& other = table;
  auto grow = [other]() mutable {
    pthread_mutex_lock(&other.lock);  // expected-warning {{'other.lock' is a copy: whoever locks the original is not kept out; capture 'other' by reference}}
    ++other.size;
    pthread_mutex_unlock(&other.lock);
  };
  grow();
}

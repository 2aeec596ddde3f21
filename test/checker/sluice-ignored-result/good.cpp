// RUN: %check_all %s
// expected-no-diagnostics
#include <pthread.h>

#include <cassert>
#include <mutex>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
pthread_mutex_t c_mutex = PTHREAD_MUTEX_INITIALIZER;
int total;

void looks() {
  if (mu.try_lock()) {
    total++;
    mu.unlock();
  }
  const bool got = mu.try_lock();
  if (got) mu.unlock();
  while (!mu.try_lock()) sluice::yield();
  mu.unlock();
  pthread_mutex_lock(&c_mutex);  // waits: that it may fail is nobody's business
  total++;
  pthread_mutex_unlock(&c_mutex);
}

void context(const sluice::Context& parent) {
  auto [ctx, cancel] = sluice::with_cancel(parent);
  ctx.done().recv();
  auto both = sluice::with_timeout(parent, std::chrono::seconds(1));
  both.ctx.done().recv();
}

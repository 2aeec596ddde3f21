// RUN: %check_all %s
// NOLINT comments, by the rules of clang-tidy, in all three front ends.
#include <mutex>

std::mutex mu;
int total;

int on_the_line(int x) {
  mu.lock();
  if (x < 0) return -1;  // NOLINT
  if (x == 0) return -2;  // NOLINT(sluice-missing-unlock)
  if (x == 1) return -3;  // NOLINT(sluice-*): known
  if (x == 2) return -4;  // NOLINT(bugprone-*) expected-warning {{'mu' is still locked when 'on_the_line' returns here}}
  mu.unlock();
  return 0;
}

int on_the_line_before(int x) {
  mu.lock();
  // NOLINTNEXTLINE(sluice-missing-unlock)
  if (x < 0) return -1;
  mu.unlock();
  return 0;
}

// NOLINTBEGIN(sluice-missing-unlock)
int in_a_block(int x) {
  mu.lock();
  if (x < 0) return -1;
  mu.unlock();
  return 0;
}
// NOLINTEND(sluice-missing-unlock)

int after_the_block(int x) {
  mu.lock();
  if (x < 0) return -1;  // expected-warning {{'mu' is still locked when 'after_the_block' returns here}}
  mu.unlock();
  return 0;
}

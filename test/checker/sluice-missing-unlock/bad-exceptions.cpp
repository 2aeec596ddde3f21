// RUN: %check_all %s
// Exceptions that leave a function past an unlock by hand. Certain ones only: a throw expression, a function of this
// file that throws, a standard function that exists to throw.
#include <map>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>

std::mutex mu;
std::map<std::string, int> table;
int total;

void throws_by_hand(int x) {
  mu.lock();
  if (x < 0) {
    throw std::invalid_argument("negative");  // expected-warning {{'mu' is still locked when this exception leaves 'throws_by_hand'; it was locked on line 15}}
  }
  total += x;
  mu.unlock();
}

static void validate(int x) {
  if (x < 0) throw std::invalid_argument("negative");
}

void throws_in_callee(int x) {
  mu.lock();
  validate(x);  // expected-warning {{'mu' is still locked when an exception from 'validate' leaves 'throws_in_callee'}}
  total += x;
  mu.unlock();
}

int throws_in_library(const std::string& key) {
  mu.lock();
  int value = table.at(key);  // expected-warning {{'mu' is still locked when an exception from 'at' leaves 'throws_in_library'}}
  mu.unlock();
  return value;
}

void parses(const std::string& text) {
  mu.lock();
  total = std::stoi(text);  // expected-warning {{'mu' is still locked when an exception from 'stoi' leaves 'parses'}}
  mu.unlock();
}

int unwraps(const std::optional<int>& value) {
  mu.lock();
  total = value.value();  // expected-warning {{'mu' is still locked when an exception from 'value' leaves 'unwraps'}}
  mu.unlock();
  return total;
}

// The handler forgets.
bool caught_without_unlock(int x) {
  mu.lock();
  try {
    validate(x);
    total += x;
    mu.unlock();
  } catch (const std::invalid_argument&) {
    return false;  // expected-warning {{'mu' is still locked when 'caught_without_unlock' returns here}}
  }
  return true;
}

// The handler is for something else.
struct Timeout {};
void wrong_handler(int x) {
  mu.lock();
  try {
    if (x < 0) throw std::runtime_error("negative");  // expected-warning {{'mu' is still locked when this exception leaves 'wrong_handler'}}
  } catch (const Timeout&) {
    mu.unlock();
    return;
  }
  mu.unlock();
}

void rethrows(int x) {
  mu.lock();
  try {
    validate(x);
  } catch (...) {
    total = 0;
    throw;  // expected-warning {{'mu' is still locked when this exception leaves 'rethrows'}}
  }
  mu.unlock();
}

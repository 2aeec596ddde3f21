// RUN: %check_all %s
// The function ends, and its variables with it, while the goroutine runs.
#include <string>
#include <thread>

#include <sluice/sluice.hpp>

void use(const std::string&);
void store(int*);

void greets(std::string name) {
  sluice::go([&] { use(name); });  // expected-warning {{the goroutine refers to 'name', which is gone when the function returns}}
}
void counts() {
  int count = 0;
  sluice::go([&count] { ++count; });  // expected-warning {{the goroutine refers to 'count', which is gone when the function returns}}
  sluice::go(store, &count);  // expected-warning {{the goroutine refers to 'count'}}
}
void detaches() {
  std::string text = "hello";
  std::thread thread([&text] { use(text); });  // expected-warning {{the thread refers to 'text', which is gone when the function returns, and nothing waits for the thread before that}}
  thread.detach();
}
void by_reference() {
  std::string text = "hello";
  sluice::go(use, std::cref(text));  // expected-warning {{the goroutine refers to 'text'}}
}
struct Request {
  std::string path;
  bool is_last;
};
Request next_request();
void serves() {
  for (;;) {
    const auto [path, is_last] = next_request();
    if (is_last) return;
    sluice::go([&] { use(path); });  // expected-warning {{the goroutine refers to 'path', which is gone when the function returns}}
  }
}

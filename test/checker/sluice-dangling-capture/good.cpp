// RUN: %check_all %s
// expected-no-diagnostics
#include <atomic>
#include <future>
#include <memory>
#include <string>
#include <thread>

#include <sluice/sluice.hpp>

void use(const std::string&);
void wait_until_idle();

void by_value(std::string name) {
  sluice::go([name] { use(name); });
  sluice::go([=] { use(name); });
  auto shared = std::make_shared<std::string>(name);
  sluice::go([shared] { use(*shared); });
}
void waits(std::string name) {
  sluice::WaitGroup wg;
  wg.go([&] { use(name); });
  wg.wait();
}
void waits_at_the_end(std::string name) {
  sluice::WaitGroup wg;
  sluice::Defer all{[&] { wg.wait(); }};
  wg.go([&] { use(name); });
}
void receives(std::string name) {
  auto done = sluice::make_chan();
  sluice::go([&, done] {
    use(name);
    done.close();
  });
  done.recv();
}
void ranges(std::string name) {
  auto results = sluice::make_chan<int>();
  sluice::go([&, results] {
    use(name);
    results.close();
  });
  for (int result : results) use(std::to_string(result));
}
void polls() {
  std::atomic<bool> ran{false};
  sluice::go([&] { ran = true; });
  while (!ran) sluice::yield();
}
void by_a_function(std::string name) {
  sluice::go([&] { use(name); });
  wait_until_idle();
}
void threads(std::string name) {
  std::thread thread([&] { use(name); });
  thread.join();
  std::jthread other([&] { use(name); });
  auto future = std::async([&] { use(name); });
}
void of_another(std::string& name) {
  static int count = 0;
  sluice::go([&] {
    ++count;
    use(name);
  });
}
struct Request {
  std::string path;
  bool is_last;
};
Request next_request();
Request& kept_request();
void serves() {
  for (;;) {
    const auto [path, is_last] = next_request();
    const auto& [kept, is_kept] = kept_request();
    if (is_last) return;
    sluice::go([path = path] { use(path); });
    sluice::go([&kept] { use(kept); });
  }
}

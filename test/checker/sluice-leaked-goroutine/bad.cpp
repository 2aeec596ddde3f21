// RUN: %check_all %s
// Who is to receive may have gone on.
#include <chrono>
#include <optional>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

std::string fetch();
bool is_cached();

std::string with_a_limit() {
  auto result = sluice::make_chan<std::string>();
  sluice::go([=] { result.send(fetch()); });  // expected-warning {{this waits for ever when the function that started the goroutine takes another case; make the channel with room for one value}}
  std::optional<std::string> text;
  switch (sluice::select(on_recv(result, text), on_recv(sluice::after(1s)))) {
    case 0:
      return *text;
    default:
      return "timed out";
  }
}

std::string returns_early() {
  const auto result = sluice::make_chan<std::string>(0);
  sluice::go([result] {
    const std::string text = fetch();
    result.send(text);  // expected-warning {{this waits for ever when the function that started the goroutine returns before it receives}}
  });
  if (is_cached()) return "cached";
  return result.recv().value();
}

struct Server {
  sluice::WaitGroup all;
  bool ask(sluice::RecvChan<> stop) {
    auto answer = sluice::make_chan<bool>();
    all.go([answer] { answer.send(fetch().empty()); });  // expected-warning {{this waits for ever when the function that started the goroutine takes another case}}
    if (sluice::select(on_recv(stop), on_recv(answer)) == 0) return false;
    return true;
  }
};

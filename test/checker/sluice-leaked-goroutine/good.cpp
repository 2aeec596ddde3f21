// RUN: %check_all %s
// expected-no-diagnostics
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

std::string fetch();
bool is_cached();
void keep(const sluice::Chan<std::string>&);

std::string with_room() {
  auto result = sluice::make_chan<std::string>(1);
  sluice::go([=] { result.send(fetch()); });
  std::optional<std::string> text;
  if (sluice::select(on_recv(result, text), on_recv(sluice::after(1s))) == 0) return *text;
  return "timed out";
}
std::string received_at_last() {
  auto result = sluice::make_chan<std::string>();
  sluice::go([=] { result.send(fetch()); });
  if (sluice::select(on_recv(result), on_recv(sluice::after(1s))) == 0) return "soon";
  return result.recv().value();
}
std::string in_rounds() {
  auto result = sluice::make_chan<std::string>();
  sluice::go([=] { result.send(fetch()); });
  std::optional<std::string> text;
  while (sluice::select(on_recv(result, text), on_recv(sluice::after(1s))) != 0) keep({});
  return *text;
}
std::string sender_may_give_up(sluice::RecvChan<> stop) {
  auto result = sluice::make_chan<std::string>();
  sluice::go([=] { sluice::select(on_send(result, fetch()), on_recv(stop)); });
  std::optional<std::string> text;
  if (sluice::select(on_recv(result, text), on_recv(stop)) == 0) return *text;
  return "stopped";
}
std::string elsewhere() {
  auto result = sluice::make_chan<std::string>();
  sluice::go([=] { result.send(fetch()); });
  keep(result);
  if (is_cached()) return "cached";
  return result.recv().value();
}
std::string ends_the_program() {
  auto result = sluice::make_chan<std::string>();
  sluice::go([=] { result.send(fetch()); });
  std::optional<std::string> text;
  if (sluice::select(on_recv(result, text), on_recv(sluice::after(1s))) != 0) std::abort();
  return *text;
}
std::string not_started() {
  auto result = sluice::make_chan<std::string>();
  const bool cached = is_cached();
  if (!cached) sluice::go([=] { result.send(fetch()); });
  if (cached) return "cached";
  return result.recv().value();
}

// An API server gives each request a time in which to be done.
// Bug: the request's worker sends its result or its error on unbuffered channels, and after the
// time is up nobody reads either.
#include <chrono>
#include <functional>
#include <random>
#include <stdexcept>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

using Request = std::function<std::string()>;

std::string finish_request(sluice::Duration timeout, const Request& request) {
  auto result = sluice::make_chan<std::string>();
  auto failure = sluice::make_chan<std::string>();
  sluice::go({.name = "request"}, [=] {
    try {
      result.send(request());
    } catch (const std::runtime_error& error) {
      failure.send(error.what());
    }
  });
  std::optional<std::string> text;
  switch (sluice::select(on_recv(result, text), on_recv(failure, text),
                         on_recv(sluice::after(timeout)))) {
    case 0:
      return *text;
    case 1:
      return "failed: " + *text;
    default:
      return "timed out";
  }
}

std::string create_pod() {
  sluice::sleep_for(10ms);
  std::random_device random;
  if (std::bernoulli_distribution(0.5)(random)) {
    throw std::runtime_error("no node has room");
  }
  return "created";
}

}  // namespace

int main() {
  return sluice::run([] {
    finish_request(2ms, create_pod);
    sluice::sleep_for(20ms);
  });
}

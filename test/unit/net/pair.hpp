// Two ends of one connection.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "sluice/sluice.hpp"

namespace sluice::test {

struct Pair {
  Listener listener;
  Conn client;
  Conn server;
};

inline Pair connect(std::string_view network = "tcp", std::string_view address = "127.0.0.1:0") {
  Pair pair;
  auto [listener, error] = listen(network, address);
  EXPECT_FALSE(error) << error.message();
  pair.listener = listener;
  const auto accepted = make_chan<Conn>(1);
  go([listener = pair.listener, accepted] {
    const Connected made = listener.accept();
    EXPECT_FALSE(made.error) << made.error.message();
    accepted.send(made.conn);
  });
  const Connected dialed = dial(network, listener.address());
  EXPECT_FALSE(dialed.error) << dialed.error.message();
  pair.client = dialed.conn;
  pair.server = accepted.recv().value();
  return pair;
}

}  // namespace sluice::test

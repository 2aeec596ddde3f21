// Two ends of one connection, and what goes over it.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <system_error>

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

// Reads until the end; what came.
inline std::string read_all(const Conn& conn, std::error_code* end = nullptr) {
  std::string all;
  std::array<char, 4096> buffer;
  for (;;) {
    const IoResult got = conn.read(buffer);
    all.append(buffer.data(), got.size);
    if (got) continue;
    if (end != nullptr) *end = got.error;
    return all;
  }
}

inline void echo(const Conn& conn) {
  std::array<char, 4096> buffer;
  while (const IoResult got = conn.read(buffer)) {
    if (!conn.write({buffer.data(), got.size})) return;
  }
}

}  // namespace sluice::test

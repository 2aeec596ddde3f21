// Who waits for the network is alive whatever the others do, and a report says whom it hears.
// RUN: env SLUICE_DEBUG=check %programs/io_wait 2>&1 | %FileCheck %s
// RUN: env SLUICE_DEBUG=off %programs/io_wait 2>&1 | %FileCheck --check-prefix=DUMP %s
#include <array>
#include <cstdio>
#include <sluice/sluice.hpp>

sluice::Conn kept;  // main's end does not close it

int main() {
  return sluice::run([] {
    const auto [listener, error] = sluice::listen("tcp", "127.0.0.1:0");
    const auto [client, refused] = sluice::dial("tcp", listener.address());
    const auto [server, failed] = listener.accept();
    kept = server;
    sluice::go([client = client] {
      std::array<char, 16> word;
      (void)client.read(word);
    });
    std::string dump;
    while (dump.find("[IO wait") == std::string::npos) {
      sluice::yield();
      dump = sluice::debug::goroutine_dump();
    }
    std::fprintf(stderr, "%zu can never go on\n%s", sluice::debug::check_leaks(), dump.c_str());
    std::fprintf(stderr, "its peer is %s\n", listener.address().c_str());
  });
}
// CHECK: 0 can never go on
// CHECK: goroutine 2 [IO wait, read from [[PEER:127.0.0.1:[0-9]+]]]:
// CHECK: its peer is [[PEER]]
// CHECK: sluice: error[SL401]: 1 goroutine is still alive though main has returned
// CHECK: goroutine 2 IO wait, read from [[PEER]], for {{.*}} s
// CHECK-NEXT: io_wait.cpp:18 main::{lambda}::{lambda}
// DUMP: goroutine 2 [IO wait, read from [[PEER:127.0.0.1:[0-9]+]]]:
// DUMP: its peer is [[PEER]]

// A goroutine waits for the network with a std::mutex held, for as long as the other side likes.
// REQUIRES: os-locks
// RUN: env SLUICE_DEBUG=check %programs/sl140_read_under_mutex 2>&1 | %FileCheck %s
#include <array>
#include <mutex>
#include <sluice/sluice.hpp>

std::mutex table;

[[gnu::noinline]] void fill(const sluice::Conn& conn) {
  std::array<char, 16> row;
  std::lock_guard guard(table);
  (void)conn.read(row);
}

int main() {
  return sluice::run([] {
    const auto [listener, error] = sluice::listen("tcp", "127.0.0.1:0");
    const auto [client, refused] = sluice::dial("tcp", listener.address());
    const auto [server, failed] = listener.accept();
    sluice::WaitGroup wg;
    wg.go([&] { fill(client); });
    while (sluice::debug::goroutine_dump().find("[IO wait") == std::string::npos) sluice::yield();
    (void)server.write("row");
    wg.wait();
  });
}
// CHECK: sluice: error[SL140]: goroutine {{[0-9]+}} parks while it holds the std::mutex 'table'
// CHECK-NEXT: certainty: certain
// CHECK: sl140_read_under_mutex.cpp:12 fill
// CHECK: is held from here
// CHECK: sl140_read_under_mutex.cpp:13 fill
// CHECK: ^ parks here: IO wait, read from 127.0.0.1:{{[0-9]+}}
// CHECK-NOT: error

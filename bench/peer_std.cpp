// std::mutex in the rows for locks: as it is, and compiled once more with ThreadSanitizer.
#include <mutex>
#include <thread>

#include "lock_rows.hpp"

int main(int argc, char** argv) {
  // The C library takes no locked instruction before there has been a second thread.
  std::thread([] {}).join();
  benchmark::Initialize(&argc, argv);
  sluice_bench::register_lock_rows<std::mutex>([](const auto& body) {
    std::thread other([&] { body(1); });
    body(0);
    other.join();
  });
  sluice_bench::measure_rows();
}

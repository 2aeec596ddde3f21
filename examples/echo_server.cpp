// A server that sends back what it is sent, with a goroutine for each connection, and three clients
// of it. Everything ends when the listener is closed.
#include <array>
#include <cstdio>
#include <string>
#include <string_view>

#include <sluice/sluice.hpp>

void echo(const sluice::Conn& conn) {
  std::array<char, 1024> buffer;
  while (const auto got = conn.read(buffer)) {
    if (!conn.write({buffer.data(), got.size})) return;
  }
}

// Sends a line and reads it back.
std::string ask(const std::string& address, std::string_view line) {
  const auto [conn, error] = sluice::dial("tcp", address);
  if (error) return error.message();
  conn.write(line);
  conn.close_write();  // so that the server reads to an end
  std::string answer;
  std::array<char, 1024> buffer;
  while (const auto got = conn.read(buffer)) answer.append(buffer.data(), got.size);
  return answer;
}

int main() {
  return sluice::run([] {
    const auto [listener, error] = sluice::listen("tcp", "127.0.0.1:0");
    if (error) {
      std::printf("listen: %s\n", error.message().c_str());
      return 1;
    }
    sluice::WaitGroup serving;
    serving.go([&serving, listener = listener] {
      for (;;) {
        const auto [conn, over] = listener.accept();
        if (over) return;
        serving.go([conn = conn] { echo(conn); });
      }
    });
    for (const char* line : {"one", "two", "three"}) {
      std::printf("%s\n", ask(listener.address(), line).c_str());
    }
    listener.close();
    serving.wait();
    return 0;
  });
}

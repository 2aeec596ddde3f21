// A server transport over a plain HTTP handler: whatever is to be written is sent, as a function,
// to the handler's own goroutine, which runs it. Bug: writing the status closes the channel of
// writes; a stream may still write after its status.
#include <functional>
#include <string>

#include <sluice/sluice.hpp>

namespace {

class HandlerTransport {
 public:
  HandlerTransport() { sluice::debug::name(&writes_, "transport.writes"); }

  // The handler's goroutine: runs what the streams want written until there is no more.
  void serve_writes() {
    for (;;) {
      std::optional<std::function<void()>> write;
      switch (sluice::select(sluice::on_recv(writes_, write), sluice::on_recv(closed_))) {
        case 0:
          if (!write) return;
          (*write)();
          break;
        case 1:
          return;
      }
    }
  }

  bool write(const std::string& text) {
    return run([this, text] { body_ += text; });
  }

  bool write_status(int code) {
    const bool written = run([this, code] { status_ = code; });
    writes_.close();
    return written;
  }

  void close() { closed_.close(); }

 private:
  // Has `write` run by the handler; false when the transport is closed.
  bool run(std::function<void()> write) {
    if (sluice::try_select(sluice::on_recv(closed_)) == 0) return false;
    return sluice::select(sluice::on_send(writes_, std::move(write)), sluice::on_recv(closed_)) ==
           0;
  }

  std::string body_;
  int status_ = 0;
  sluice::Chan<> closed_ = sluice::make_chan();
  sluice::Chan<std::function<void()>> writes_ = sluice::make_chan<std::function<void()>>();
};

}  // namespace

int main() {
  return sluice::run([] {
    HandlerTransport transport;
    sluice::WaitGroup streams;
    streams.go([&] {
      transport.write("hello");
      transport.write_status(0);
      transport.write("trailer");
    });
    transport.serve_writes();
    streams.wait();
    transport.close();
  });
}

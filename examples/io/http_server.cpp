// cpp-httplib as the distribution has it, a goroutine a connection: it waits in accept, poll and
// recv, which the hooks let park. Only its queue of tasks is ours, as the library offers.
//
//   http_server     prints its address, and ends at SIGTERM
//
//   /hi             an answer at once
//   /events         a stream of events that stays open until the server ends

// So many may wait to be accepted. With the library's own 5 the next of a burst wait until TCP
// sends again.
#define CPPHTTPLIB_LISTEN_BACKLOG 511
#include <httplib.h>

#include <csignal>
#include <cstdio>
#include <functional>

#include <sluice/sluice.hpp>

// In place of a pool of threads: as many connections as come.
class Goroutines : public httplib::TaskQueue {
 public:
  // std::regex, with which the library finds its handlers, needs more stack than most.
  void enqueue(std::function<void()> serve) override {
    serving_.add();
    sluice::go(sluice::GoOptions{.stack_size = 1 << 20}, [this, serve = std::move(serve)] {
      sluice::Defer served{[this] { serving_.done(); }};
      serve();
    });
  }
  void shutdown() override { serving_.wait(); }

 private:
  sluice::WaitGroup serving_;
};

int main() {
  return sluice::run([] {
    const auto ended = sluice::make_chan<int>(1);
    sluice::signal_notify(ended, {SIGTERM});
    const auto closing = sluice::make_chan();

    httplib::Server server;
    server.new_task_queue = [] { return new Goroutines; };
    server.set_keep_alive_max_count(1'000'000);
    server.set_keep_alive_timeout(1);  // seconds: so long the end waits for those who ask nothing
    server.set_tcp_nodelay(true);      // it sends head and body apart
    server.Get("/hi", [](const httplib::Request&, httplib::Response& response) {
      response.set_content("hi\n", "text/plain");
    });
    server.Get("/events", [closing](const httplib::Request&, httplib::Response& response) {
      response.set_chunked_content_provider("text/event-stream",
                                            [closing](std::size_t, httplib::DataSink& sink) {
                                              constexpr std::string_view kHello = "data: hello\n\n";
                                              sink.write(kHello.data(), kHello.size());
                                              closing.recv();
                                              sink.done();
                                              return true;
                                            });
    });

    const int port = server.bind_to_any_port("127.0.0.1");
    std::printf("127.0.0.1:%d\n", port);
    std::fflush(stdout);
    sluice::WaitGroup stopping;
    stopping.go([&] {
      ended.recv();
      closing.close();
      server.stop();
    });
    server.listen_after_bind();
    stopping.wait();
    sluice::signal_stop(ended);
  });
}

// A connection: one goroutine reads messages, another dispatches them to the model.
// Fixed: close does not wait; whoever wants the dispatcher to have stopped waits for that, which
// the model does not. Main waits for the reader, too.
#include <functional>
#include <string>
#include <utility>

#include <sluice/sluice.hpp>

namespace {

struct Message {
  std::string kind;
};

class Connection {
 public:
  using Handler = std::function<void(Connection&, const Message&)>;
  explicit Connection(Handler handler) : handler_(std::move(handler)) {
    sluice::debug::name(&dispatcher_stopped_, "dispatcher stopped");
  }

  void start() {
    sluice::go({.name = "dispatcher"}, [this] { dispatch(); });
    sluice::go({.name = "reader"}, [this] {
      read();
      reader_stopped_.close();
    });
  }

  void arrive(Message message) { wire_.send(std::move(message)); }

  void close() {
    once_.call([&] { closed_.close(); });
  }

  void wait() {
    dispatcher_stopped_.recv();
    reader_stopped_.recv();
  }

 private:
  void read() {
    while (true) {
      std::optional<Message> message;
      if (sluice::select(on_recv(closed_), on_recv(wire_, message)) == 0) return;
      if (sluice::select(on_recv(closed_), on_send(inbox_, *message)) == 0) return;
    }
  }

  void dispatch() {
    sluice::Defer stopped{[&] { dispatcher_stopped_.close(); }};
    while (true) {
      std::optional<Message> message;
      if (sluice::select(on_recv(closed_), on_recv(inbox_, message)) == 0) return;
      handler_(*this, *message);
    }
  }

  const Handler handler_;
  sluice::Once once_;
  sluice::Chan<Message> wire_ = sluice::make_chan<Message>(1);
  sluice::Chan<Message> inbox_ = sluice::make_chan<Message>();
  sluice::Chan<> closed_ = sluice::make_chan();
  sluice::Chan<> dispatcher_stopped_ = sluice::make_chan();
  sluice::Chan<> reader_stopped_ = sluice::make_chan();
};

void model_handle(Connection& connection, const Message& message) {
  if (message.kind != "cluster config") connection.close();
}

}  // namespace

int main() {
  return sluice::run([] {
    Connection connection(model_handle);
    connection.start();
    connection.arrive({"index"});
    connection.wait();
  });
}

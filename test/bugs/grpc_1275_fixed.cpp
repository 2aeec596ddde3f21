// A transport with streams: what arrives for a stream is put into its buffer, from which it reads.
// Fixed: closing a stream puts the end of it into the buffer, for a read that waits for more.
#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

struct Message {
  std::string data;
  bool end = false;
};

class ReceiveBuffer {
 public:
  ReceiveBuffer() { sluice::debug::name(&messages_, "stream.messages"); }
  void put(Message message) { messages_.send(std::move(message)); }
  Message get() { return messages_.recv().value_or(Message{"", true}); }

 private:
  sluice::Chan<Message> messages_ = sluice::make_chan<Message>(1);
};

class Stream {
 public:
  explicit Stream(int id) : id_(id) {}
  int id() const { return id_; }
  std::string read() {
    std::string data;
    for (Message next = buffer_.get(); !next.end; next = buffer_.get()) data += next.data;
    return data;
  }
  void receive(Message message) { buffer_.put(std::move(message)); }

 private:
  const int id_;
  ReceiveBuffer buffer_;
};

class Transport {
 public:
  std::shared_ptr<Stream> new_stream() {
    sluice::Lock lock(mu_);
    auto stream = std::make_shared<Stream>(next_id_++);
    active_[stream->id()] = stream;
    return stream;
  }

  void close_stream(Stream& stream) {
    sluice::Lock lock(mu_);
    active_.erase(stream.id());
    stream.receive({"", true});
  }

 private:
  sluice::Mutex mu_;
  int next_id_ = 1;
  std::map<int, std::shared_ptr<Stream>> active_;
};

}  // namespace

int main() {
  return sluice::run([] {
    Transport transport;
    auto stream = transport.new_stream();
    auto done = sluice::make_chan();
    sluice::go({.name = "reader"}, [=] {
      stream->read();
      done.close();
    });
    transport.close_stream(*stream);
    return sluice::select(on_recv(done), on_recv(sluice::after(10s))) == 0 ? 0 : 1;
  });
}

// Objects are called by the names that the program gave them: a channel through any of its handles, wherever it lives.
// RUN: %not env SLUICE_DEBUG=check %programs/names 2>&1 | %FileCheck %s
#include <memory>
#include <sluice/sluice.hpp>

struct Inbox {
  Inbox() { sluice::debug::name(&messages, "inbox"); }
  sluice::Chan<int> messages = sluice::make_chan<int>();
};

struct Outbox {
  explicit Outbox(sluice::SendChan<int> to) : messages(to) { sluice::debug::name(&messages, "outbox"); }
  sluice::SendChan<int> messages;
};

int main() {
  return sluice::run([] {
    sluice::Chan<int> nil;
    sluice::debug::name(&nil, "nil");  // names nothing, and does no harm
    auto inbox = std::make_unique<Inbox>();
    auto outbox = std::make_unique<Outbox>(sluice::make_chan<int>());
    sluice::go([&] { outbox->messages.send(1); });
    inbox->messages.recv();
  });
}
// CHECK: root cause: main waits to receive from 'inbox', and nobody is left
// CHECK: root cause: goroutine {{[0-9]+}} waits to send on 'outbox', and nobody is left

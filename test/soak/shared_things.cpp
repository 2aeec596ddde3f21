#include "soak/shared_things.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <utility>

namespace sluice::soak {

using namespace std::chrono_literals;

void Tally::add(std::uint64_t value) {
  value = (value ^ (value >> 29)) * 0xbf58476d1ce4e5b9u;
  ++count;
  sum += value ^ (value >> 32);
}

SharedThings::SharedThings() {
  for (std::size_t i = 0; i < kOfEach; ++i) {
    channels[i] = make_chan<std::uint64_t>(i % 4 == 0 ? 0 : i);
    Lock lock(contexts[i].mu);
    contexts[i].current = std::make_shared<const Cancellable>(with_cancel(Context::background()));
  }
}

void SharedThings::finish() {
  for (ContextPlace& place : contexts) {
    Lock lock(place.mu);
    place.current->cancel();
  }
  under_way.wait();
  for (const auto& ch : channels) {
    while (const std::optional<std::uint64_t> value = ch.try_recv()) received.add(*value);
  }
  EXPECT_GT(sent.count, 0u);
  EXPECT_EQ(sent.count, received.count);
  EXPECT_EQ(sent.sum, received.sum) << "another value than was sent";
  EXPECT_EQ(children.begun, children.ended);
  EXPECT_EQ(calls.begun, calls.ended);
  EXPECT_EQ(units_out, 0);
}

std::string SharedThings::told() const {
  return std::to_string(operations) + " operations, " + std::to_string(sent.count) + " values";
}

void Walk::step() {
  ++things_.operations;
  switch (random_.below(11)) {
    case 0:
    case 1:
      return send();
    case 2:
    case 3:
      return receive();
    case 4:
      return write();
    case 5:
      return read();
    case 6:
      return start_child();
    case 7:
      return call_later();
    case 8:
      return random_.one_in(8) ? cancel() : call_after_context();
    case 9:
      return take_units();
    default:
      return random_.one_in(2) ? yield() : sleep_for(moment(2000));
  }
}

Context Walk::context(std::size_t at) {
  ContextPlace& place = things_.contexts[at];
  Lock lock(place.mu);
  return place.current->ctx;
}

void Walk::send() {
  const Context ctx = context(anywhere());
  const Timer timer(moment(5000));
  const std::uint64_t value = std::uint64_t{id_} << 32 | ++sent_;
  if (select(on_send(things_.channels[anywhere()], value), on_recv(ctx.done()),
             on_recv(timer.fired())) == 0) {
    things_.sent.add(value);
  }
}

void Walk::receive() {
  const Context ctx = context(anywhere());
  const Timer timer(moment(5000));
  std::optional<std::uint64_t> one;
  std::optional<std::uint64_t> other;
  select(on_recv(things_.channels[anywhere()], one), on_recv(things_.channels[anywhere()], other),
         on_recv(ctx.done()), on_recv(timer.fired()));
  EXPECT_FALSE(one && other) << "two cases of one select went";
  if (one) things_.received.add(*one);
  if (other) things_.received.add(*other);
}

void Walk::write() {
  GuardedPlace& place = things_.places[anywhere()];
  if (random_.one_in(4)) {
    if (!place.mu.try_lock()) return;
  } else {
    place.mu.lock();
  }
  EXPECT_EQ(place.writers++, 0);
  EXPECT_EQ(place.readers, 0);
  if (random_.one_in(8)) yield();
  --place.writers;
  place.mu.unlock();
}

void Walk::read() {
  GuardedPlace& place = things_.places[anywhere()];
  SharedLock lock(place.mu);
  ++place.readers;
  EXPECT_EQ(place.writers, 0);
  if (random_.one_in(8)) yield();
  --place.readers;
}

// One that ends with a context of its own or with the one above it.
void Walk::start_child() {
  ++things_.children.begun;
  things_.under_way.go([&things = things_, above = context(anywhere()), within = moment(2000)] {
    const Cancellable own = with_timeout(above, within);
    own.ctx.done().recv();
    EXPECT_TRUE(own.ctx.err());
    ++things.children.ended;
  });
}

void Walk::call_later() {
  ++things_.calls.begun;
  things_.under_way.add();
  const auto end = [&things = things_] {
    ++things.calls.ended;
    things.under_way.done();
  };
  AfterFunc timer(moment(1000), end);
  if (random_.one_in(2)) yield();
  if (random_.one_in(2) && timer.stop()) end();
}

void Walk::call_after_context() {
  ++things_.calls.begun;
  things_.under_way.add();
  const auto end = [&things = things_] {
    ++things.calls.ended;
    things.under_way.done();
  };
  const Cancellable made = with_timeout(context(anywhere()), moment(1000));
  const StopFunc stop = after_func(made.ctx, end);
  if (random_.one_in(2)) yield();
  if (stop()) end();
}

void Walk::cancel() {
  ContextPlace& place = things_.contexts[anywhere()];
  auto fresh = std::make_shared<const Cancellable>(with_cancel(Context::background()));
  {
    Lock lock(place.mu);
    std::swap(place.current, fresh);
  }
  fresh->cancel();
}

void Walk::take_units() {
  const std::int64_t wanted = 1 + static_cast<std::int64_t>(random_.below(SharedThings::kUnits));
  const Cancellable within = with_timeout(context(anywhere()), moment(2000));
  if (things_.semaphore.acquire(within.ctx, wanted)) return;
  EXPECT_LE(things_.units_out += wanted, SharedThings::kUnits);
  if (random_.one_in(8)) yield();
  things_.units_out -= wanted;
  things_.semaphore.release(wanted);
}

}  // namespace sluice::soak

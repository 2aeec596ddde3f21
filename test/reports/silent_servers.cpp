// Servers: an actor with a mailbox, a broker whose subscribers leave while it publishes, graceful shutdown, requests of
// which the first answer wins, and a state that is watched. Everything is stopped, and waits for its goroutines.
// RUN: %python %S/over_seeds.py 20 %programs/silent_servers
#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

// State that one goroutine owns; others send it what to do.
class Actor {
 public:
  Actor() {
    running_.go([this] {
      for (auto&& message : mailbox_) message(state_);
    });
  }
  ~Actor() {
    mailbox_.close();
    running_.wait();
  }
  void tell(std::function<void(int&)> message) { mailbox_.send(std::move(message)); }
  int ask() {
    auto answer = sluice::make_chan<int>(1);
    tell([answer](int& state) { answer.send(state); });
    return answer.recv().value();
  }

 private:
  int state_ = 0;
  sluice::Chan<std::function<void(int&)>> mailbox_ = sluice::make_chan<std::function<void(int&)>>(4);
  sluice::WaitGroup running_;
};

bool actor() {
  Actor counter;
  sluice::WaitGroup clients;
  for (int i = 0; i < 4; ++i) {
    clients.go([&counter] {
      for (int k = 0; k < 5; ++k) counter.tell([](int& state) { ++state; });
      counter.ask();
    });
  }
  clients.wait();
  return counter.ask() == 20;
}

// The broker sends under its lock, but to nobody who has left.
class Broker {
 public:
  struct Subscriber {
    sluice::Chan<int> news = sluice::make_chan<int>();
    sluice::Chan<> left = sluice::make_chan();
  };
  std::shared_ptr<Subscriber> subscribe() {
    auto subscriber = std::make_shared<Subscriber>();
    sluice::Lock guard(mu_);
    subscribers_[subscriber.get()] = subscriber;
    return subscriber;
  }
  void unsubscribe(const std::shared_ptr<Subscriber>& subscriber) {
    subscriber->left.close();
    sluice::Lock guard(mu_);
    subscribers_.erase(subscriber.get());
  }
  void publish(int news) {
    sluice::Lock guard(mu_);
    for (auto& [key, subscriber] : subscribers_) {
      sluice::select(sluice::on_send(subscriber->news, news), sluice::on_recv(subscriber->left));
    }
  }

 private:
  sluice::Mutex mu_;
  std::map<Subscriber*, std::shared_ptr<Subscriber>> subscribers_;
};

bool broker() {
  Broker news;
  std::atomic<int> read{0};
  sluice::WaitGroup readers;
  for (int i = 1; i <= 3; ++i) {
    readers.go([&news, &read, i, subscriber = news.subscribe()] {
      for (int k = 0; k < i; ++k) {
        subscriber->news.recv();
        ++read;
      }
      news.unsubscribe(subscriber);
    });
  }
  for (int k = 0; k < 6; ++k) news.publish(k);
  readers.wait();
  return read == 6;
}

// Accepts until it is told to stop; then finishes what it has accepted.
class Server {
 public:
  void start() {
    for (int i = 0; i < 2; ++i) handlers_.go([this] { handle(); });
  }
  bool submit(int request) {
    return sluice::select(sluice::on_send(requests_, request), sluice::on_recv(stop_)) == 0;
  }
  void shut_down() {
    stopping_.call([this] { stop_.close(); });
    handlers_.wait();
  }
  int handled() const { return handled_; }

 private:
  void handle() {
    for (;;) {
      switch (sluice::select(sluice::on_recv(requests_), sluice::on_recv(stop_))) {
        case 0:
          ++handled_;
          break;
        default:
          return;
      }
    }
  }

  sluice::Chan<int> requests_ = sluice::make_chan<int>();
  sluice::Chan<> stop_ = sluice::make_chan();
  sluice::Once stopping_;
  sluice::WaitGroup handlers_;
  std::atomic<int> handled_{0};
};

bool shutdown() {
  Server server;
  server.start();
  std::atomic<int> accepted{0};
  sluice::WaitGroup clients;
  for (int i = 0; i < 4; ++i) {
    clients.go([&] {
      while (server.submit(1)) ++accepted;
    });
  }
  while (accepted < 20) sluice::yield();
  sluice::WaitGroup stoppers;
  for (int i = 0; i < 2; ++i) stoppers.go([&] { server.shut_down(); });
  stoppers.wait();
  clients.wait();
  return server.handled() == accepted;
}

// Many ask, the first answer wins, and the others are told to stop.
bool hedged_requests() {
  sluice::WaitGroup replicas;
  int winner = 0;
  {
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    auto first = sluice::make_chan<int>();
    for (int i = 1; i <= 3; ++i) {
      replicas.go([ctx = ctx, first, i] {
        if (sluice::select(sluice::on_recv(sluice::after(i * 1ms)), sluice::on_recv(ctx.done())) == 1) return;
        sluice::select(sluice::on_send(first, i), sluice::on_recv(ctx.done()));
      });
    }
    winner = first.recv().value();
  }
  replicas.wait();
  return winner > 0;
}

// The state under a lock, the wake-up by a channel that is closed and made anew: a condition that can be selected on.
bool watched_state() {
  sluice::Mutex mu;
  int state = 0;
  auto changed = sluice::make_chan();
  sluice::WaitGroup watchers;
  for (int i = 0; i < 3; ++i) {
    watchers.go([&] {
      for (;;) {
        sluice::Chan<> next;
        {
          sluice::Lock guard(mu);
          if (state == 5) return;
          next = changed;
        }
        next.recv();
      }
    });
  }
  for (int k = 0; k < 5; ++k) {
    sluice::Lock guard(mu);
    ++state;
    changed.close();
    changed = sluice::make_chan();
  }
  watchers.wait();
  return true;
}

}  // namespace

int main() {
  return sluice::run([] {
    const bool ok = actor() && broker() && shutdown() && hedged_requests() && watched_state();
    return ok ? 0 : 1;
  });
}

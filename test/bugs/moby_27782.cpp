// Reading a container's log and following it. To stop, the follower removes its file from the
// watcher, and waits on a Cond until the watcher has seen the removal come back as an event. The
// watcher's own goroutine delivers events in order, and may be offering a write that the follower,
// busy removing, does not take: it never gets to the removal.
#include <chrono>
#include <memory>
#include <set>

#include <sluice/sluice.hpp>

using namespace std::chrono_literals;

namespace {

enum class Event { write, removed };

class FileWatcher {
 public:
  FileWatcher() {
    sluice::debug::name(&removed_, "watcher.removed");
    sluice::debug::name(&events_, "watcher.events");
  }

  void add() {
    sluice::Lock guard(mu_);
    watching_ = true;
    sluice::go({.name = "read_events"}, [this] { read_events(); });
  }

  void remove() {
    sluice::Lock guard(mu_);
    kernel_.send(Event::removed);  // the kernel confirms the removal behind what it has queued
    while (watching_) removed_.wait(mu_);
  }

  void file_was_written() { kernel_.try_send(Event::write); }
  sluice::RecvChan<Event> events() const { return events_; }

 private:
  void read_events() {
    for (Event event : kernel_) {
      if (event == Event::removed) {
        sluice::Lock guard(mu_);
        watching_ = false;
        removed_.notify_all();
        return;
      }
      events_.send(event);
    }
  }

  sluice::Mutex mu_;
  sluice::Cond removed_;
  bool watching_ = false;
  sluice::Chan<Event> kernel_ = sluice::make_chan<Event>(16);
  sluice::Chan<Event> events_ = sluice::make_chan<Event>();
};

class LogReader {
 public:
  void close() {
    closing_.call([this] { closed_.close(); });
  }
  sluice::RecvChan<> closed() const { return closed_; }

 private:
  sluice::Once closing_;
  sluice::Chan<> closed_ = sluice::make_chan();
};

class JsonFileLogger : public std::enable_shared_from_this<JsonFileLogger> {
 public:
  void log() { watcher_.file_was_written(); }

  std::shared_ptr<LogReader> read_logs() {
    auto reader = std::make_shared<LogReader>();
    watcher_.add();
    {
      sluice::Lock guard(mu_);
      readers_.insert(reader);
    }
    sluice::go({.name = "follow_logs"},
               [self = shared_from_this(), reader] { self->follow_logs(reader); });
    return reader;
  }

 private:
  void follow_logs(const std::shared_ptr<LogReader>& reader) {
    for (bool open = true; open;) {
      switch (
          sluice::select(sluice::on_recv(watcher_.events()), sluice::on_recv(reader->closed()))) {
        case 0:
          break;  // reads what was written
        case 1:
          open = false;
      }
    }
    watcher_.remove();
    sluice::Lock guard(mu_);
    readers_.erase(reader);
  }

  sluice::Mutex mu_;
  std::set<std::shared_ptr<LogReader>> readers_;
  FileWatcher watcher_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto logger = std::make_shared<JsonFileLogger>();
    auto reader = logger->read_logs();
    for (int i = 0; i < 3; ++i) {
      sluice::sleep_for(1ms);
      logger->log();
    }
    reader->close();
    sluice::sleep_for(10ms);
  });
}

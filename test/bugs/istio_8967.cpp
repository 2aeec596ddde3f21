// A source of configuration files has a goroutine that looks at changes until the source is
// stopped. Bug: stop closes the channel that says so, and then sets the field to nil, without a
// lock. The goroutine reads the field for each select: when it reads nil it is never told to stop.
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class FileSource : public std::enable_shared_from_this<FileSource> {
 public:
  void start() {
    done_ = sluice::make_chan();
    sluice::go({.name = "watch_files"}, [self = shared_from_this()] { self->watch(); });
  }

  void stop() {
    done_.close();
    done_ = {};
  }

  void changed(int file) { changes_.try_send(file); }
  sluice::Chan<> done() const { return done_; }

 private:
  void watch() {
    for (;;) {
      std::optional<int> file;
      switch (sluice::select(sluice::on_recv(done_), sluice::on_recv(changes_, file))) {
        case 0:
          return;
        case 1:
          last_changed_ = *file;
      }
    }
  }

  int last_changed_ = 0;
  sluice::Chan<> done_;
  sluice::Chan<int> changes_ = sluice::make_chan<int>(4);
};

}  // namespace

int main() {
  return sluice::run([] {
    auto source = std::make_shared<FileSource>();
    source->start();
    auto done = source->done();  // the channel itself lives on: what races is the field
    source->changed(1);
    source->stop();
    done.recv();
  });
}

// A source of configuration files has a goroutine that looks at changes until the source is
// stopped. The channel that says so is closed, and stays in its field.
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class FileSource : public std::enable_shared_from_this<FileSource> {
 public:
  void start() {
    done_ = sluice::make_chan();
    watching_.go([self = shared_from_this()] { self->watch(); });
  }

  void stop() {
    done_.close();
    watching_.wait();
  }

  void changed(int file) { changes_.try_send(file); }

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
  sluice::WaitGroup watching_;
  sluice::Chan<> done_;
  sluice::Chan<int> changes_ = sluice::make_chan<int>(4);
};

}  // namespace

int main() {
  return sluice::run([] {
    auto source = std::make_shared<FileSource>();
    source->start();
    source->changed(1);
    source->stop();
  });
}

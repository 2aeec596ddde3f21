// A logger that makes its file with the first entry; making files fails more often than not.
// Fixed: the way out is taken with the mutex held, and does not lock it again; main waits for the
// goroutine.
#include <memory>
#include <random>
#include <string>
#include <system_error>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

class Logger {
 public:
  Logger() { sluice::debug::name(&mu_, "logger.mu"); }

  void output(const std::string& entry) {
    sluice::Lock lock(mu_);
    if (!file_open_) {
      if (const std::error_code error = create_file()) {
        exit_locked(error);
        return;
      }
    }
    entries_.push_back(entry);
  }

  void exit(std::error_code error) {
    sluice::Lock lock(mu_);
    exit_locked(error);
  }

 private:
  void exit_locked(std::error_code error) {
    entries_.push_back("exiting: " + error.message());
    exiting_ = true;
  }
  std::error_code create_file() {
    switch (std::uniform_int_distribution(0, 7)(random_)) {
      case 0:
      case 1:
        file_open_ = true;
        return {};
      case 2:
      case 3:
        return std::make_error_code(std::errc::no_space_on_device);
      default:
        return std::make_error_code(std::errc::permission_denied);
    }
  }

  sluice::Mutex mu_;
  std::random_device random_;
  bool file_open_ = false;
  bool exiting_ = false;
  std::vector<std::string> entries_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto logger = std::make_shared<Logger>();
    sluice::WaitGroup logging;
    logging.add();
    sluice::go({.name = "log"}, [logger, &logging] {
      logger->output("node started");
      logging.done();
    });
    logging.wait();
  });
}

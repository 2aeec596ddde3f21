// A logger that makes its file with the first entry; making files fails more often than not.
// Bug: output holds the logger's mutex when the file can't be made, and the way out of the program
// locks it again to flush.
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
        exit(error);
        return;
      }
    }
    entries_.push_back(entry);
  }

  void exit(std::error_code error) {
    sluice::Lock lock(mu_);
    entries_.push_back("exiting: " + error.message());
    exiting_ = true;
  }

 private:
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
    sluice::go({.name = "log"}, [logger] { logger->output("node started"); });
  });
}

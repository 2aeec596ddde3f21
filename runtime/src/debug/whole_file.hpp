// A file that has its name only once it is whole: whoever reads it sees what was there before, or
// all of what is new.
#pragma once

#include <string>
#include <string_view>

namespace sluice::checked {

class WholeFile {
 public:
  WholeFile() = default;
  WholeFile(const WholeFile&) = delete;
  WholeFile& operator=(const WholeFile&) = delete;
  // Not finished: nothing is left of it.
  ~WholeFile();

  // Both: false when it can't be, for the reason in errno.
  bool open(const std::string& path);
  bool finish(std::string_view content);
  bool is_open() const noexcept { return file_ >= 0; }

 private:
  void give_up() noexcept;

  int file_ = -1;
  std::string path_, unfinished_;
};

}  // namespace sluice::checked

#include "debug/memory_map.hpp"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>

namespace sluice::checked {
namespace {

constexpr std::uintptr_t kPageLog2 = 12;
constexpr std::uintptr_t kPage = 1 << kPageLog2;
constexpr std::size_t kEntries = 32 * 1024;  // pages asked about at once
// /proc/self/pagemap: in memory, or swapped out.
constexpr std::uint64_t kPresent = std::uint64_t{1} << 63, kSwapped = std::uint64_t{1} << 62;

// Pages that may not be touched (MADV_GUARD_INSTALL) look as if swapped out.
bool readable(std::uintptr_t page) {
  char byte;
  const iovec to{&byte, 1};
  const iovec from{reinterpret_cast<void*>(page << kPageLog2), 1};
  return ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0) == 1;
}

bool take_number(std::string_view& text, std::uintptr_t& number, char until) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, 16);
  if (error != std::errc() || end == text.data() + text.size() || *end != until) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()) + 1);
  return true;
}

std::string_view take_word(std::string_view& text) {
  const std::size_t from = text.find_first_not_of(' ');
  if (from == std::string_view::npos) return text = {};
  const std::size_t to = text.find(' ', from);
  const std::string_view word = text.substr(from, to - from);
  text.remove_prefix(to == std::string_view::npos ? text.size() : to);
  return word;
}

Mapping::Kind kind_of(std::string_view path, std::string_view inode) {
  const auto begins = [path](std::string_view with) { return path.substr(0, with.size()) == with; };
  if (path == "[heap]") return Mapping::Kind::heap;
  if (path == "[stack]") return Mapping::Kind::stack;
  if (path.empty() || begins("[anon")) return Mapping::Kind::anonymous;
  if (begins("[")) return Mapping::Kind::special;
  if (begins("/dev/") && !begins("/dev/shm/") && !begins("/dev/zero")) {
    return Mapping::Kind::special;
  }
  (void)inode;
  return Mapping::Kind::file;
}

// The whole file, as many bytes as there are; 0 when it can't be read.
std::size_t read_whole(const char* path, char* into, std::size_t room) {
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  std::size_t size = 0;
  while (size < room) {
    const ssize_t got = ::read(file, into + size, room - size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    size += static_cast<std::size_t>(got);
  }
  ::close(file);
  return size < room ? size : 0;
}

}  // namespace

bool parse_mapping(std::string_view line, Mapping& mapping) noexcept {
  if (!take_number(line, mapping.low, '-') || !take_number(line, mapping.high, ' ')) return false;
  const std::string_view rights = take_word(line);
  if (rights.size() != 4) return false;
  mapping.readable = rights[0] == 'r';
  mapping.writable = rights[1] == 'w';
  mapping.shared = rights[3] == 's';
  take_word(line);  // offset
  take_word(line);  // device
  const std::string_view inode = take_word(line);
  const std::size_t path = line.find_first_not_of(' ');
  mapping.kind = kind_of(path == std::string_view::npos ? "" : line.substr(path), inode);
  return true;
}

bool read_mappings(Scratch& scratch, ScratchList<Mapping>& mappings) noexcept {
  constexpr std::size_t kRoom = 32 << 20;
  char* text = scratch.take<char>(kRoom);
  if (text == nullptr) return false;
  const std::size_t size = read_whole("/proc/self/maps", text, kRoom);
  std::string_view rest(text, size);
  std::size_t lines = 1;
  for (const char c : rest) lines += c == '\n' ? 1 : 0;
  if (size == 0 || !mappings.reserve(scratch, lines)) return false;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    Mapping mapping;
    if (!parse_mapping(rest.substr(0, end), mapping)) return false;
    mappings.push(mapping);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  return true;
}

// /proc/self/statm: pages in all, pages in memory, and more.
std::size_t resident_bytes() noexcept {
  char text[128];
  const std::string_view line(text, read_whole("/proc/self/statm", text, sizeof text));
  const std::size_t from = line.find(' ');
  std::size_t pages = 0;
  if (from == std::string_view::npos) return 0;
  std::from_chars(line.data() + from + 1, line.data() + line.size(), pages);
  return pages << kPageLog2;
}

Residency::Residency(Scratch& scratch) noexcept
    : file_(::open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC)),
      entries_(scratch.take<std::uint64_t>(kEntries)) {}

Residency::~Residency() {
  if (file_ >= 0) ::close(file_);
}

bool Residency::resident(std::uintptr_t page, std::uintptr_t end) noexcept {
  if (page < first_ || page >= first_ + count_) {
    std::size_t wanted = (end >> kPageLog2) - page;
    if (wanted > kEntries) wanted = kEntries;
    const auto offset = static_cast<off_t>(page * sizeof *entries_);
    const ssize_t got = ::pread(file_, entries_, wanted * sizeof *entries_, offset);
    first_ = page;
    count_ = got > 0 ? static_cast<std::size_t>(got) / sizeof *entries_ : 0;
    if (count_ == 0) return true;
  }
  const std::uint64_t entry = entries_[page - first_];
  return (entry & kPresent) != 0 || ((entry & kSwapped) != 0 && readable(page));
}

bool Residency::next_part(std::uintptr_t from, std::uintptr_t end, Range& part) noexcept {
  part = {from, end};
  if (file_ < 0 || entries_ == nullptr) return true;
  std::uintptr_t page = from >> kPageLog2;
  const std::uintptr_t last = (end - 1) >> kPageLog2;
  while (page <= last && !resident(page, end + kPage)) ++page;
  if (page > last) return false;
  if (page << kPageLog2 > from) part.low = page << kPageLog2;
  while (page <= last && resident(page, end + kPage)) ++page;
  if (page <= last) part.high = page << kPageLog2;
  return true;
}

}  // namespace sluice::checked

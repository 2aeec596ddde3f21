#include "debug/scratch.hpp"

#include <sys/mman.h>

namespace sluice::checked {
namespace {

// Address space only: pages come when they are touched. Less where less is allowed.
constexpr std::size_t kMost = std::size_t{64} << 30;
constexpr std::size_t kLeast = std::size_t{64} << 20;

}  // namespace

Scratch::Scratch() noexcept {
  for (std::size_t size = kMost; size >= kLeast; size /= 4) {
    void* memory = ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) continue;
    low_ = static_cast<std::byte*>(memory);
    size_ = size;
    // Not in core files, nor in forked children.
    ::madvise(memory, size, MADV_DONTDUMP);
    ::madvise(memory, size, MADV_DONTFORK);
    // Books on a large heap are asked for in no order.
    ::madvise(memory, size, MADV_HUGEPAGE);
    return;
  }
}

Scratch::~Scratch() {
  if (low_ != nullptr) ::munmap(low_, size_);
}

void* Scratch::take_bytes(std::size_t count, std::size_t size, std::size_t align) noexcept {
  const std::size_t from = (used_ + align - 1) / align * align;
  if (low_ == nullptr || from > size_ || count > (size_ - from) / size) return nullptr;
  used_ = from + count * size;
  return low_ + from;
}

}  // namespace sluice::checked

#include "debug/memory_roots.hpp"

#include <link.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace sluice::checked {
namespace {

constexpr std::size_t kMostThreads = 16 * 1024 + 2;
constexpr std::size_t kMostBlocks = 256 * 1024;  // with a mapping of their own
constexpr std::size_t kMostHeaps = 8 * 1024;
constexpr std::size_t kMostLibraries = 8 * 1024;
constexpr std::size_t kMostCaches = 256 * 1024;
constexpr std::uintptr_t kMostShared = std::uintptr_t{4} << 30;

int add_library(dl_phdr_info* info, std::size_t, void* into) {
  auto& libraries = *static_cast<ScratchList<Range>*>(into);
  for (int i = 0; i < info->dlpi_phnum; ++i) {
    const ElfW(Phdr)& part = info->dlpi_phdr[i];
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) == 0) continue;
    const std::uintptr_t low = info->dlpi_addr + part.p_vaddr;
    const std::uintptr_t high = (low + part.p_memsz + 4095) & ~std::uintptr_t{4095};
    if (!libraries.push({low & ~std::uintptr_t{4095}, high})) return 1;
  }
  return 0;
}

Range overlap(Range a, Range b) {
  const Range both{std::max(a.low, b.low), std::min(a.high, b.high)};
  return both.low < both.high ? both : Range{};
}

}  // namespace

bool MemoryRoots::find_libraries() noexcept {
  if (!libraries_.reserve(scratch_, kMostLibraries) || !holes_.reserve(scratch_, kMostHoles) ||
      !threads_.reserve(scratch_, kMostThreads)) {
    return false;
  }
  if (::dl_iterate_phdr(&add_library, &libraries_) != 0) return false;
  std::sort(libraries_.begin(), libraries_.end(),
            [](const Range& a, const Range& b) { return a.low < b.low; });
  return true;
}

void MemoryRoots::leave_out(Range range) noexcept {
  if (!holes_.push(range)) failed_ = true;
}

// A stack for signals on which nobody is has nothing in use. One that is part of the heap is left
// to be looked at.
void MemoryRoots::add_thread(const StoppedThread& thread) noexcept {
  if (!threads_.push(thread)) failed_ = true;
  if (thread.alternate.size() > 0 && thread.alternate.low % 4096 == 0) leave_out(thread.alternate);
}

bool MemoryRoots::divide(const detail::MemoryView& view, std::size_t stacks,
                         std::size_t objects) noexcept {
  // Everything that has to be taken from scratch memory before it is left out as a whole.
  leave_out({scratch_.low(), scratch_.high()});
  if (!read_mappings(scratch_, mappings_) || !own_threads_.reserve(scratch_, kMostThreads) ||
      !roots_.reserve(scratch_, 4 * mappings_.size() + kMostLibraries + kMostHoles) ||
      !shared_.reserve(scratch_, mappings_.size() + 1) || !books_.reserve(scratch_, kMostHeaps) ||
      !caches_.reserve(scratch_, kMostCaches) || !heaps_.reserve(scratch_, kMostHeaps) ||
      !marking_.reserve(mappings_.size() + kMostBlocks + kMostHeaps, stacks, objects)) {
    return false;
  }
  view.for_each_thread(
      [](const detail::ThreadInfo& thread, void* self) {
        static_cast<MemoryRoots*>(self)->own_threads_.push(thread);
      },
      this);
  view.for_each_arena(
      [](const detail::ArenaInfo& arena, void* self) {
        auto& roots = *static_cast<MemoryRoots*>(self);
        const Range range{arena.low, arena.high};
        roots.leave_out(range);
        if (!roots.marking_.add_arena(range, arena.slot_size)) roots.failed_ = true;
      },
      this);
  std::sort(holes_.begin(), holes_.end(),
            [](const Range& a, const Range& b) { return a.low < b.low; });
  for (std::size_t i = 0; i < mappings_.size(); ++i) {
    // Below a thread's stack is a piece that nobody may touch.
    const bool guarded =
        i > 0 && mappings_[i - 1].high == mappings_[i].low && !mappings_[i - 1].readable;
    divide(mappings_[i], guarded);
  }
  find_main_books();
  for (const ArenaBooks& books : books_) skip_fast(heaps_, books);
  for (const std::uintptr_t cache : caches_) skip_cached(heaps_, cache);
  return !failed_ && marking_.ready();
}

void MemoryRoots::divide(const Mapping& mapping, bool guarded) noexcept {
  if (!mapping.readable || mapping.kind == Mapping::Kind::special) return;
  if (mapping.shared) {
    shared_.push(mapping);
    return;
  }
  if (mapping.kind == Mapping::Kind::file) {
    if (mapping.writable) add_root(mapping);
    return;
  }
  if (mapping.kind == Mapping::Kind::stack) return add_thread_stack(mapping);
  // What belongs to a library, and what is left out, is cut off first.
  std::uintptr_t at = mapping.low;
  while (at < mapping.high) {
    Range cut{mapping.high, mapping.high};
    bool is_root = false;
    const auto consider = [&](const Range& range, bool root) {
      const Range part = overlap(range, {at, mapping.high});
      if (part.size() == 0 || part.low >= cut.low) return;
      cut = part;
      is_root = root;
    };
    for (const Range& library : libraries_) consider(library, true);
    const Range* hole = std::lower_bound(
        holes_.begin(), holes_.end(), at,
        [](const Range& range, std::uintptr_t where) { return range.high <= where; });
    if (hole != holes_.end()) consider(*hole, false);
    if (at < cut.low) {
      const Range rest{at, cut.low};
      if (mapping.kind == Mapping::Kind::heap) {
        add_main_heap(rest);
      } else {
        divide_anonymous(rest, at == mapping.low, guarded);
      }
    }
    if (is_root) add_root(cut);
    at = cut.high;
  }
}

bool MemoryRoots::has_thread(Range range) const noexcept {
  const auto in = [range](const StoppedThread& thread) {
    return range.contains(thread.sp) || range.contains(thread.thread);
  };
  const auto own = [range](const detail::ThreadInfo& thread) {
    return range.contains(thread.base) || range.contains(thread.thread);
  };
  return std::any_of(threads_.begin(), threads_.end(), in) ||
         std::any_of(own_threads_.begin(), own_threads_.end(), own);
}

void MemoryRoots::divide_anonymous(Range range, bool whole, bool guarded) noexcept {
  while (range.low < range.high) {
    if (const std::uintptr_t size = mapped_chunk(range.low, range.high);
        size != 0 && !has_thread({range.low, range.low + size})) {
      if (!marking_.add_block({range.low + kChunkHeader, range.low + size})) failed_ = true;
      range.low += size;
      whole = false;
      continue;
    }
    std::uintptr_t heap = (range.low + kHeapAlign - 1) & ~(kHeapAlign - 1);
    HeapSegment segment;
    while (heap < range.high && !find_heap_segment(heap, range.high, segment)) heap += kHeapAlign;
    const Range before{range.low, std::min(heap, range.high)};
    if (before.size() > 0) {
      if (whole && guarded && has_thread(before)) {
        add_thread_stack(before);
      } else {
        add_root(before);
      }
    }
    if (heap >= range.high) return;
    if (has_thread({heap, segment.chunks.high}) || !add_segment(segment)) {
      add_root({heap, segment.chunks.high});
    }
    range.low = segment.chunks.high;
    whole = false;
  }
}

bool MemoryRoots::is_idle(pid_t tid) const noexcept {
  return std::any_of(own_threads_.begin(), own_threads_.end(),
                     [tid](const auto& thread) { return thread.tid == tid && thread.idle; });
}

// From the stack pointer of whoever has it, or where the runtime's own frames end, up to its end,
// where its thread-local variables are.
// With nobody's stack pointer in it, or two, it is all taken.
void MemoryRoots::add_thread_stack(Range range) noexcept {
  std::uintptr_t low = 0;
  int owners = 0;
  for (const StoppedThread& thread : threads_) {
    std::uintptr_t sp = thread.sp;
    for (const detail::ThreadInfo& own : own_threads_) {
      if (own.tid == thread.tid && own.base != 0) sp = own.base;
    }
    if (!range.contains(sp)) continue;
    low = sp;
    ++owners;
  }
  for (const detail::ThreadInfo& own : own_threads_) {
    if (own.kind != detail::ThreadInfo::Kind::monitor || !range.contains(own.base)) continue;
    const auto known = [&own](const StoppedThread& thread) { return thread.tid == own.tid; };
    if (std::any_of(threads_.begin(), threads_.end(), known)) continue;
    low = own.base;
    ++owners;
  }
  if (owners == 1) range.low = low;
  add_root(range);
}

void MemoryRoots::add_root(Range range) noexcept {
  if (!roots_.push(range)) failed_ = true;
}

// Null: its sizes do not fit together.
BlockMap* MemoryRoots::read_heap(Range chunks, std::uintptr_t& top) noexcept {
  auto* map = scratch_.take<BlockMap>(1);
  if (map == nullptr || !map->init(scratch_, chunks)) return nullptr;
  const std::size_t caches = caches_.size();
  const bool fits = walk_chunks(chunks.low, chunks.high, top, [&](std::uintptr_t start, bool used) {
    map->add(start);
    if (!used) {
      map->reach(start);
    } else if (block_size(start) + 8 == kCacheBytes + 16) {
      caches_.push(start);
    }
  });
  if (!fits) {
    while (caches_.size() > caches) caches_.pop();
    return nullptr;
  }
  if (!heaps_.add(map) || !marking_.add_heap(map)) failed_ = true;
  return map;
}

void MemoryRoots::add_main_heap(Range range) noexcept {
  if (read_heap(range, main_top_) != nullptr) {
    heap_known_ = true;
  } else {
    add_root(range);
  }
}

bool MemoryRoots::add_segment(const HeapSegment& segment) noexcept {
  std::uintptr_t top = 0;
  if (read_heap(segment.chunks, top) == nullptr) return false;
  if (segment.books.range.size() > 0) books_.push(segment.books);
  return true;
}

// The C library's own list of free chunks is among its variables, and points next to blocks that
// are in use: it refers to none of them.
void MemoryRoots::find_main_books() noexcept {
  if (main_top_ == 0) return;
  for (Range& root : roots_) {
    for (Range rest = root; rest.size() > 0;) {
      ArenaBooks books;
      const auto* at = reinterpret_cast<const std::uintptr_t*>(rest.low);
      const auto* end = reinterpret_cast<const std::uintptr_t*>(rest.high);
      at = std::find(at, end, main_top_);
      if (at == end) break;
      const auto found = reinterpret_cast<std::uintptr_t>(at);
      const Range where{std::max(root.low, found - std::min<std::uintptr_t>(found, 4096)),
                        root.high};
      if (find_arena_books({found, root.high}, books) && books.top == main_top_ &&
          find_arena_books(where, books) && books.top == main_top_) {
        books_.push(books);
        const Range behind{books.range.high, root.high};
        root.high = books.range.low;
        add_root(behind);
        return;
      }
      rest.low = found + 8;
    }
  }
}

// A shared mapping may be longer than what it maps; reading there would end the process. Where the
// end is, the rest is empty.
bool MemoryRoots::reach_shared(Range range) noexcept {
  constexpr std::size_t kPiece = 64 * 1024;
  auto* copy = scratch_.take<std::byte>(kPiece);
  if (copy == nullptr) return false;
  const auto low = reinterpret_cast<std::uintptr_t>(copy);
  for (std::uintptr_t at = range.low; at < range.high;) {
    const iovec to{copy, kPiece};
    const iovec from{reinterpret_cast<void*>(at), std::min<std::size_t>(kPiece, range.high - at)};
    const ssize_t got = ::process_vm_readv(::getpid(), &to, 1, &from, 1, 0);
    if (got <= 0) return errno == EFAULT;
    marking_.look_at({low, low + static_cast<std::size_t>(got)});
    at += static_cast<std::size_t>(got);
  }
  return true;
}

bool MemoryRoots::reach() noexcept {
  for (const Range& root : roots_) marking_.root(root);
  std::uintptr_t shared = 0;
  for (const Range& range : shared_) {
    shared += range.size();
    if (shared > kMostShared || !reach_shared(range)) return false;
  }
  for (const StoppedThread& thread : threads_) {
    if (thread.registers.size() > 0 && !is_idle(thread.tid)) marking_.look_at(thread.registers);
    // A stack of the program's own making may be a block.
    marking_.root_word(thread.sp);
  }
  return true;
}

}  // namespace sluice::checked

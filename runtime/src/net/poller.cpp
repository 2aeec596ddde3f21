#include "net/poller.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include "base/own_calls.hpp"
#include "base/sanitizers.hpp"
#include "base/thread_mutex.hpp"
#include "net/error.hpp"

namespace sluice::detail {
namespace {

constexpr std::size_t kSlab = 64;  // descriptors that are made at a time

// Made once, under g_lock, and never closed. The eventfd is the descriptor of interrupt; it is
// watched level by level, and only a thread that blocks takes from it: what another has seen of it
// must still wake that one.
std::atomic<int> g_epoll{-1};
std::atomic<int> g_interrupt{-1};

base::ThreadMutex g_lock;  // guards the two below, and the making of the two above
Descriptor* g_free = nullptr;
std::vector<std::unique_ptr<std::array<Descriptor, kSlab>>>& slabs() {
  static auto* slabs = new std::vector<std::unique_ptr<std::array<Descriptor, kSlab>>>;
  return *slabs;
}

bool control(int operation, int fd, std::uint32_t for_what, Descriptor* to) noexcept {
  epoll_event event{};
  event.events = for_what;
  event.data.ptr = to;
  return epoll_ctl(g_epoll.load(std::memory_order_acquire), operation, fd, &event) == 0;
}
bool watch(int fd, std::uint32_t for_what, Descriptor* to) noexcept {
  return control(EPOLL_CTL_ADD, fd, for_what, to);
}

// Under g_lock.
std::error_code open_poller() noexcept {
  if (g_epoll.load(std::memory_order_relaxed) >= 0) return {};
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return last_error();
  const int interrupt = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (interrupt < 0) {
    const std::error_code error = last_error();
    ::close(epoll);
    return error;
  }
  g_interrupt.store(interrupt, std::memory_order_release);
  g_epoll.store(epoll, std::memory_order_release);
  if (watch(interrupt, EPOLLIN, nullptr)) return {};
  const std::error_code error = last_error();
  g_epoll.store(-1, std::memory_order_release);
  ::close(interrupt);
  ::close(epoll);
  return error;
}

// Under g_lock.
void make_descriptors() {
  auto slab = std::make_unique<std::array<Descriptor, kSlab>>();
  for (Descriptor& each : *slab) {
    each.next_free = g_free;
    g_free = &each;
  }
  slabs().push_back(std::move(slab));
}

// Null: see `error`.
Descriptor* take_descriptor(std::error_code& error) {
  const std::lock_guard guard(g_lock);
  error = open_poller();
  if (error) return nullptr;
  if (g_free == nullptr) make_descriptors();
  Descriptor* taken = g_free;
  g_free = taken->next_free;
  return taken;
}

void give_back(Descriptor& descriptor) noexcept {
  const std::lock_guard guard(g_lock);
  descriptor.next_free = g_free;
  g_free = &descriptor;
}

void look(EventBatch& into, bool blocks) noexcept {
  std::array<epoll_event, std::tuple_size_v<decltype(into.room)>> events;
  const int count = epoll_wait(g_epoll.load(std::memory_order_acquire), events.data(),
                               static_cast<int>(events.size()), blocks ? -1 : 0);
  for (const epoll_event& event : std::span(events).first(std::max(count, 0))) {
    if (event.data.ptr != nullptr) {
      into.push({event.data.ptr, event.events});
    } else if (blocks) {
      std::uint64_t interrupts;
      [[maybe_unused]] const ssize_t size = base::own_read(
          g_interrupt.load(std::memory_order_relaxed), &interrupts, sizeof interrupts);
    }
  }
}

template <class F>
void for_each_descriptor(F f) {
  const std::lock_guard guard(g_lock);
  for (const auto& slab : slabs()) {
    for (Descriptor& each : *slab) f(each);
  }
}

}  // namespace

Watch::Watch(int fd, std::error_code& error) : fd_(-1), descriptor_(take_descriptor(error)) {
  if (descriptor_ == nullptr) return;
  descriptor_->read.open();
  descriptor_->write.open();
  if (fd < 0) return;
  if (watch(fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, descriptor_)) {
    fd_ = fd;
  } else {
    error = last_error();
  }
}

Watch::~Watch() {
  if (descriptor_ == nullptr) return;
  unwatch();
  close();
  give_back(*descriptor_);
}

void Watch::unwatch() noexcept {
  if (fd_ < 0) return;
  epoll_ctl(g_epoll.load(std::memory_order_relaxed), EPOLL_CTL_DEL, fd_, nullptr);
  fd_ = -1;
}

void Watch::close() noexcept {
  if (descriptor_ == nullptr) return;
  descriptor_->read.close();
  descriptor_->write.close();
}

std::error_code watch_for_ever(int fd,
                               void (*heard)(Descriptor&, std::uint32_t) noexcept) noexcept {
  std::error_code error;
  Descriptor* descriptor = take_descriptor(error);
  if (descriptor == nullptr) return error;
  descriptor->heard = heard;
  if (watch(fd, EPOLLIN | EPOLLET, descriptor)) return {};
  error = last_error();
  descriptor->heard = nullptr;
  give_back(*descriptor);
  return error;
}

// Confined because of errno, which all fibers of a thread share.
SLUICE_THREAD_CONFINED bool rewatch(int fd, std::uint32_t events, Descriptor& to) noexcept {
  if (control(EPOLL_CTL_MOD, fd, events | EPOLLET, &to)) return true;
  return errno == ENOENT && watch(fd, events | EPOLLET, &to);
}

void unwatch(int fd) noexcept { control(EPOLL_CTL_DEL, fd, 0, nullptr); }

int poller_placeholder() noexcept { return g_interrupt.load(std::memory_order_acquire); }

void poller_wait(EventBatch& into) noexcept { look(into, true); }
void poller_take(EventBatch& into) noexcept { look(into, false); }

void poller_deliver(const EventBatch& batch) noexcept {
  for (const EventBatch::Event& event : batch.events()) {
    auto& descriptor = *static_cast<Descriptor*>(event.to);
    constexpr std::uint32_t kBoth = EPOLLERR | EPOLLHUP, kEnd = EPOLLRDHUP | kBoth;
    if (descriptor.heard != nullptr) {
      descriptor.heard(descriptor, event.what);
      continue;
    }
    if ((event.what & (EPOLLIN | kEnd)) != 0) descriptor.read.news((event.what & kEnd) != 0);
    if ((event.what & (EPOLLOUT | kBoth)) != 0) descriptor.write.news();
  }
}

void poller_interrupt() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t size =
      base::own_write(g_interrupt.load(std::memory_order_acquire), &one, sizeof one);
}

void poller_clear() noexcept {
  for_each_descriptor([](Descriptor& each) {
    each.read.drop_goroutines();
    each.write.drop_goroutines();
  });
}

void for_each_io_wait(const std::function<void(const Goroutine&, const IoTarget&)>& tell) {
  for_each_descriptor([&](Descriptor& each) {
    each.read.visit(tell);
    each.write.visit(tell);
  });
}

}  // namespace sluice::detail

// The public functions of sluice/debug.hpp.
#include "debug/facade.hpp"

#include <algorithm>
#include <atomic>

#include "debug/whole_file.hpp"
#include "sluice/detail/event.hpp"

namespace sluice::checked {
namespace {

std::atomic<ReportHandler> g_handler{nullptr};
std::atomic<std::string (*)()> g_goroutine_dump{nullptr};
std::atomic<std::size_t (*)()> g_check_leaks{nullptr};
std::atomic<int (*)()> g_workers{nullptr};
std::atomic<void (*)()> g_daemon{nullptr};
std::atomic<void (*)(const void*)> g_external_waker{nullptr};
std::atomic<void (*)(std::int64_t)> g_profile_blocking{nullptr}, g_profile_mutexes{nullptr};
std::atomic<std::string (*)(debug::Profile)> g_profile{nullptr};
std::atomic<void (*)(bool)> g_trace{nullptr};
std::atomic<std::string (*)()> g_drawn_trace{nullptr};
std::atomic<void (*)(std::string_view)> g_note_in_trace{nullptr};
std::atomic<void (*)() noexcept> g_last_words{nullptr};

}  // namespace

void set_facade(const Facade& facade) noexcept {
  g_goroutine_dump.store(facade.goroutine_dump, std::memory_order_release);
  g_check_leaks.store(facade.check_leaks, std::memory_order_release);
  g_workers.store(facade.workers, std::memory_order_release);
  g_daemon.store(facade.daemon, std::memory_order_release);
  g_external_waker.store(facade.external_waker, std::memory_order_release);
  g_profile_blocking.store(facade.profile_blocking, std::memory_order_release);
  g_profile_mutexes.store(facade.profile_mutexes, std::memory_order_release);
  g_profile.store(facade.profile, std::memory_order_release);
  g_trace.store(facade.trace, std::memory_order_release);
  g_drawn_trace.store(facade.drawn_trace, std::memory_order_release);
  g_note_in_trace.store(facade.note_in_trace, std::memory_order_release);
  g_last_words.store(facade.last_words, std::memory_order_release);
}

int workers() noexcept {
  const auto count = g_workers.load(std::memory_order_acquire);
  return count == nullptr ? 0 : count();
}

void note_in_trace(std::string_view report) {
  const auto note = g_note_in_trace.load(std::memory_order_acquire);
  if (note != nullptr) note(report);
}

void say_last_words() noexcept {
  const auto last_words = g_last_words.load(std::memory_order_acquire);
  if (last_words != nullptr) last_words();
}

ReportHandler report_handler() noexcept { return g_handler.load(std::memory_order_acquire); }

}  // namespace sluice::checked

namespace sluice::debug {

bool enabled() noexcept { return detail::observed(); }

void name(const void* object, std::string_view name) {
  detail::Observer* observer = detail::observer();
  if (observer == nullptr || object == nullptr) return;
  const detail::ObjectRef named{.address = object};
  detail::Event event;
  event.kind = detail::EventKind::named;
  event.objects = {&named, 1};
  event.text = name;
  observer->on_event(event);
}

void order_exempt(const void* a, const void* b, std::string_view reason) {
  detail::Observer* observer = detail::observer();
  if (observer == nullptr) return;
  const detail::ObjectRef pair[] = {{.address = a}, {.address = b}};
  detail::Event event;
  event.kind = detail::EventKind::order_exempt;
  event.objects = pair;
  event.text = reason;
  observer->on_event(event);
}

void rank(const void* lock, int rank) {
  detail::Observer* observer = detail::observer();
  if (observer == nullptr) return;
  const detail::ObjectRef ranked{.address = lock};
  detail::Event event;
  event.kind = detail::EventKind::ranked;
  event.objects = {&ranked, 1};
  event.value = rank;
  observer->on_event(event);
}

void daemon() noexcept {
  const auto daemon = checked::g_daemon.load(std::memory_order_acquire);
  if (daemon != nullptr) daemon();
}

void external_waker(const void* object) {
  const auto tell = checked::g_external_waker.load(std::memory_order_acquire);
  if (tell != nullptr) tell(object);
}

std::string goroutine_dump() {
  const auto dump = checked::g_goroutine_dump.load(std::memory_order_acquire);
  return dump == nullptr ? std::string() : dump();
}

void profile_blocking(std::chrono::nanoseconds from) {
  const auto ask = checked::g_profile_blocking.load(std::memory_order_acquire);
  if (ask != nullptr) ask(std::max<std::int64_t>(from.count(), 0));
}

void profile_mutexes(int one_in) {
  const auto ask = checked::g_profile_mutexes.load(std::memory_order_acquire);
  if (ask != nullptr) ask(std::max(one_in, 0));
}

std::string profile(Profile what) {
  const auto ask = checked::g_profile.load(std::memory_order_acquire);
  return ask == nullptr ? std::string() : ask(what);
}

bool write_profile(Profile what, const std::string& path) {
  checked::WholeFile file;
  return file.open(path) && file.finish(profile(what));
}

void start_trace() {
  if (const auto trace = checked::g_trace.load(std::memory_order_acquire)) trace(true);
}

void stop_trace() {
  if (const auto trace = checked::g_trace.load(std::memory_order_acquire)) trace(false);
}

std::string trace() {
  const auto drawn = checked::g_drawn_trace.load(std::memory_order_acquire);
  return drawn == nullptr ? std::string() : drawn();
}

bool write_trace(const std::string& path) {
  checked::WholeFile file;
  return file.open(path) && file.finish(trace());
}

void set_report_handler(void (*handler)(const Report&)) noexcept {
  checked::g_handler.store(handler, std::memory_order_release);
}

std::size_t check_leaks() {
  const auto check = checked::g_check_leaks.load(std::memory_order_acquire);
  return check == nullptr ? 0 : check();
}

}  // namespace sluice::debug

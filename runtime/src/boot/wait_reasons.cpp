#include "boot/wait_reasons.hpp"

namespace sluice::detail {
namespace {

constexpr const char* text_of(WaitReason reason) {
  switch (reason) {
    case WaitReason::none:
      return "waiting";
    case WaitReason::chan_receive:
      return "chan receive";
    case WaitReason::chan_send:
      return "chan send";
    case WaitReason::chan_receive_nil:
      return "chan receive (nil chan)";
    case WaitReason::chan_send_nil:
      return "chan send (nil chan)";
    case WaitReason::select:
      return "select";
    case WaitReason::select_no_cases:
      return "select (no cases)";
    case WaitReason::mutex_lock:
    case WaitReason::once_call:
      return "sync.Mutex.Lock";
    case WaitReason::rw_mutex_lock:
      return "sync.RWMutex.Lock";
    case WaitReason::rw_mutex_lock_shared:
      return "sync.RWMutex.RLock";
    case WaitReason::cond_wait:
      return "sync.Cond.Wait";
    case WaitReason::wait_group_wait:
    case WaitReason::semaphore_acquire:
      return "semacquire";
    case WaitReason::sleep:
      return "sleep";
    case WaitReason::io_wait:
      return "IO wait";
  }
  return "waiting";
}

constexpr const char* text_of(std::size_t reason) {
  return text_of(static_cast<WaitReason>(reason));
}

}  // namespace

constinit const char* const g_wait_reasons[kWaitReasons] = {
    text_of(0),  text_of(1),  text_of(2),  text_of(3),  text_of(4),
    text_of(5),  text_of(6),  text_of(7),  text_of(8),  text_of(9),
    text_of(10), text_of(11), text_of(12), text_of(13), text_of(14)};

std::string_view to_text(WaitReason reason) noexcept { return text_of(reason); }

}  // namespace sluice::detail

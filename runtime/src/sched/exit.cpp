// exit_goroutine: unwinding a goroutine from within, as pthread_exit unwinds a thread.
#include <unwind.h>

#include <cstring>

#include "sched/spawn.hpp"
#include "sluice/go.hpp"
#include "sluice/panic.hpp"

namespace sluice {
namespace detail {
namespace {

// At the end of the stack all destructors have run.
_Unwind_Reason_Code at_frame(int, _Unwind_Action actions, _Unwind_Exception_Class,
                             _Unwind_Exception* exception, _Unwind_Context*, void*) {
  if ((actions & _UA_END_OF_STACK) == 0) return _URC_NO_REASON;
  delete exception;
  end_goroutine(self(), ExitKind::goexit);
}

// Something has caught what can't be caught.
void stopped(_Unwind_Reason_Code, _Unwind_Exception*) {
  fatal_error("sluice: exit_goroutine stopped by a catch (...) that does not throw on");
}

}  // namespace
}  // namespace detail

void exit_goroutine() {
  if (detail::self()->foreign) throw Panic("sluice: exit_goroutine outside a goroutine");
  // Not on this stack: the destructors that run meanwhile would overwrite it.
  auto* exception = new _Unwind_Exception();
  detail::self()->exiting = true;
  std::memcpy(&exception->exception_class, "SLUIEXIT", sizeof exception->exception_class);
  exception->exception_cleanup = &detail::stopped;
  _Unwind_ForcedUnwind(exception, &detail::at_frame, nullptr);
  detail::fatal_error("sluice: exit_goroutine found no way up the stack");
}

}  // namespace sluice

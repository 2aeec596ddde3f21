#include "time/context_node.hpp"

#include "sched/park.hpp"

namespace sluice::detail {

EndingNode::~EndingNode() {
  if (parent_ != nullptr) {
    if (EndingNode* above = parent_->ends_with()) above->unwatch(*this);
  }
  while (EndListener* left = listeners_.head) {
    base::list_remove(listeners_, *left);
    left->orphaned();
  }
}

void EndingNode::join_parent() noexcept {
  if (parent_ == nullptr) return;
  if (EndingNode* above = parent_->ends_with()) above->watch(*this);
}

void EndingNode::watch(EndListener& listener) noexcept {
  lock_.lock();
  const std::error_code err = err_;
  if (!err) {
    base::list_push_back(listeners_, listener);
    listener.watching = true;
  }
  const std::exception_ptr cause = cause_;
  lock_.unlock();
  if (err) listener.parent_ended(err, cause);
}

bool EndingNode::unwatch(EndListener& listener) noexcept {
  lock_.lock();
  const bool was = listener.watching;
  if (was) base::list_remove(listeners_, listener);
  listener.watching = false;
  lock_.unlock();
  return was;
}

// One that is being destroyed can't be kept alive any more. It waits for the lock, to find that it
// is out of the list.
std::shared_ptr<EndListener> EndingNode::take_listener() noexcept {
  std::shared_ptr<EndListener> taken;
  lock_.lock();
  while (taken == nullptr && listeners_.head != nullptr) {
    EndListener& first = *listeners_.head;
    base::list_remove(listeners_, first);
    first.watching = false;
    taken = first.weak_from_this().lock();
  }
  lock_.unlock();
  return taken;
}

void EndingNode::end(std::error_code err, const std::exception_ptr& cause) noexcept {
  lock_.lock();
  const bool first = !err_;
  if (first) {
    err_ = err;
    cause_ = cause;
  }
  lock_.unlock();
  if (!first) {
    // As for the first caller, all below has ended when this returns.
    while (!told_.load(std::memory_order_acquire)) yield_now();
    return;
  }
  done_.close();
  while (const std::shared_ptr<EndListener> each = take_listener()) each->parent_ended(err, cause);
  if (parent_ != nullptr) {
    if (EndingNode* above = parent_->ends_with()) above->unwatch(*this);
  }
  ended();
  told_.store(true, std::memory_order_release);
}

std::error_code EndingNode::err() noexcept {
  lock_.lock();
  const std::error_code err = err_;
  lock_.unlock();
  // Not before done is closed, so that the two agree.
  Unit none;
  const bool ended = err && chan_try_recv(done_core_, &none) == TryResult::closed;
  return ended ? err : std::error_code();
}

std::exception_ptr EndingNode::cause() noexcept {
  lock_.lock();
  const std::error_code err = err_;
  std::exception_ptr cause = cause_;
  lock_.unlock();
  if (err && cause == nullptr) cause = std::make_exception_ptr(std::system_error(err));
  return cause;
}

}  // namespace sluice::detail

#include "sluice/context.hpp"

#include <atomic>
#include <string>

#include "sluice/detail/spawn.hpp"
#include "time/context_node.hpp"

namespace sluice {

using namespace detail;

namespace {

class ContextCategory final : public std::error_category {
 public:
  const char* name() const noexcept override { return "context"; }
  std::string message(int value) const override {
    return value == static_cast<int>(ContextError::canceled) ? "context canceled"
                                                             : "context deadline exceeded";
  }
  std::error_condition default_error_condition(int value) const noexcept override {
    return value == static_cast<int>(ContextError::canceled) ? std::errc::operation_canceled
                                                             : std::errc::timed_out;
  }
};

class ValueNode final : public ContextNode {
 public:
  ValueNode(std::shared_ptr<ContextNode> parent, const void* key,
            std::shared_ptr<const void> value) noexcept
      : ContextNode(std::move(parent)), key_(key), value_(std::move(value)) {}
  const void* find(const void* key) const noexcept override {
    return key == key_ ? value_.get() : ContextNode::find(key);
  }

 private:
  const void* key_;
  std::shared_ptr<const void> value_;
};

class DetachedNode final : public ContextNode {
 public:
  using ContextNode::ContextNode;
  EndingNode* ends_with() noexcept override { return nullptr; }
  std::optional<TimePoint> deadline() const noexcept override { return std::nullopt; }
};

class DeadlineNode final : public EndingNode {
 public:
  DeadlineNode(std::shared_ptr<ContextNode> parent, TimePoint when)
      : EndingNode(std::move(parent)), when_(when) {}
  std::optional<TimePoint> deadline() const noexcept override { return when_; }

  // Once, after join_parent. The timer does not keep the node.
  void arm(std::exception_ptr cause) {
    const TimePoint now = Clock::now();
    if (when_ <= now) return end(ContextError::deadline_exceeded, cause);
    const Duration left = when_ - now;
    if (err()) return;
    std::weak_ptr<EndListener> node = weak_from_this();
    AfterFunc timer(left, [node, cause] {
      if (const auto alive = node.lock()) {
        static_cast<DeadlineNode&>(*alive).end(ContextError::deadline_exceeded, cause);
      }
    });
    lock_.lock();
    timer_.emplace(std::move(timer));
    lock_.unlock();
    if (err()) disarm();  // it ended before it had a timer to let go of
  }
  ~DeadlineNode() override { disarm(); }

 protected:
  void ended() noexcept override { disarm(); }

 private:
  void disarm() noexcept {
    lock_.lock();
    std::optional<AfterFunc> timer = std::move(timer_);
    timer_.reset();
    lock_.unlock();
    if (timer.has_value()) timer->stop();
  }

  const TimePoint when_;
  base::SpinLock lock_;
  std::optional<AfterFunc> timer_;
};

Cancellable made(const std::shared_ptr<EndingNode>& node) {
  return {Context(node), CancelFunc(node)};
}

}  // namespace

namespace detail {

// A function to be called once a context has ended. Keeps itself while that may still happen.
class CallOnEnd final : public EndListener {
 public:
  CallOnEnd(std::weak_ptr<EndListener> node, std::function<void()> call)
      : node_(std::move(node)), ends_(!node_.expired()), call_(std::move(call)) {}

  void keep() { self_ = shared_from_this(); }
  void parent_ended(std::error_code, const std::exception_ptr&) noexcept override {
    Goroutine* fresh = build_goroutine(
        [self = std::move(self_)] { static_cast<CallOnEnd&>(*self).call_(); }, nullptr);
    announce_goroutine(fresh);
    launch_goroutine(fresh);
  }
  void orphaned() noexcept override { self_.reset(); }
  bool stop() noexcept {
    if (!ends_) return !stopped_.exchange(true, std::memory_order_relaxed);
    const auto node = node_.lock();
    if (node == nullptr || !static_cast<EndingNode&>(*node).unwatch(*this)) return false;
    const auto dropped = std::move(self_);
    return true;
  }

 private:
  const std::weak_ptr<EndListener> node_;
  const bool ends_;                   // what it waits for can come
  std::atomic<bool> stopped_{false};  // of one that can't
  const std::function<void()> call_;
  std::shared_ptr<EndListener> self_;
};

Context context_with_value(const Context& parent, const void* key,
                           std::shared_ptr<const void> value) {
  return Context(std::make_shared<ValueNode>(parent.node(), key, std::move(value)));
}

std::shared_ptr<CallOnEnd> call_on_end(const Context& ctx, std::function<void()> call) {
  EndingNode* node = ctx.node() != nullptr ? ctx.node()->ends_with() : nullptr;
  auto made = std::make_shared<CallOnEnd>(
      node != nullptr ? node->weak_from_this() : std::weak_ptr<EndListener>(), std::move(call));
  if (node != nullptr) {
    made->keep();
    node->watch(*made);
  }
  return made;
}

bool stop_call(CallOnEnd& call) noexcept { return call.stop(); }

}  // namespace detail

std::error_code make_error_code(ContextError error) noexcept {
  static const ContextCategory category;
  return {static_cast<int>(error), category};
}

// The root has no node: nothing to ask.
Context Context::background() { return Context(nullptr); }

RecvChan<> Context::done() const {
  EndingNode* node = node_ != nullptr ? node_->ends_with() : nullptr;
  return node != nullptr ? RecvChan<>(node->done()) : RecvChan<>();
}
std::error_code Context::err() const {
  EndingNode* node = node_ != nullptr ? node_->ends_with() : nullptr;
  return node != nullptr ? node->err() : std::error_code();
}
std::exception_ptr Context::cause() const {
  EndingNode* node = node_ != nullptr ? node_->ends_with() : nullptr;
  return node != nullptr ? node->cause() : nullptr;
}
std::optional<TimePoint> Context::deadline() const {
  return node_ != nullptr ? node_->deadline() : std::nullopt;
}
const void* Context::find(const void* key) const noexcept {
  return node_ != nullptr ? node_->find(key) : nullptr;
}

void CancelFunc::operator()(std::exception_ptr cause) const noexcept {
  if (node_ != nullptr) static_cast<EndingNode&>(*node_).end(ContextError::canceled, cause);
}

Cancellable with_cancel(const Context& parent) {
  auto node = std::make_shared<EndingNode>(parent.node());
  node->join_parent();
  return made(node);
}

Cancellable with_deadline(const Context& parent, TimePoint when, std::exception_ptr cause) {
  const std::optional<TimePoint> above = parent.deadline();
  if (above.has_value() && *above <= when) return with_cancel(parent);
  auto node = std::make_shared<DeadlineNode>(parent.node(), when);
  node->join_parent();
  node->arm(std::move(cause));
  return made(node);
}

Cancellable with_timeout(const Context& parent, Duration d, std::exception_ptr cause) {
  const TimePoint now = Clock::now();
  return with_deadline(parent, d > TimePoint::max() - now ? TimePoint::max() : now + d,
                       std::move(cause));
}

Context without_cancel(const Context& parent) {
  return Context(std::make_shared<DetachedNode>(parent.node()));
}

}  // namespace sluice

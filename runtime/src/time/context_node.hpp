// The tree behind contexts: who ends with whom.
#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <system_error>

#include "base/atomic.hpp"
#include "base/intrusive_list.hpp"
#include "base/spin_lock.hpp"
#include "sluice/context.hpp"

namespace sluice::detail {

class EndingNode;

// Something to be told when a node ends: a child, or a function to call. The node's list holds bare
// pointers, and its lock guards the links. Whoever is in the list takes itself out before it dies;
// whoever is being told is kept alive.
class EndListener : public std::enable_shared_from_this<EndListener> {
 public:
  virtual ~EndListener() = default;
  // Called once, with no lock held, by whoever ends the node.
  virtual void parent_ended(std::error_code err, const std::exception_ptr& cause) noexcept = 0;
  // The node dies without having ended.
  virtual void orphaned() noexcept {}

  EndListener* next = nullptr;
  EndListener* prev = nullptr;
  bool watching = false;
};

// One context. Each child holds its parent, so parents outlive children.
class ContextNode : public EndListener {
 public:
  explicit ContextNode(std::shared_ptr<ContextNode> parent) noexcept : parent_(std::move(parent)) {}

  // The nearest node, this one included, that can end; null: none.
  virtual EndingNode* ends_with() noexcept {
    return parent_ != nullptr ? parent_->ends_with() : nullptr;
  }
  virtual std::optional<TimePoint> deadline() const noexcept {
    return parent_ != nullptr ? parent_->deadline() : std::nullopt;
  }
  virtual const void* find(const void* key) const noexcept {
    return parent_ != nullptr ? parent_->find(key) : nullptr;
  }
  void parent_ended(std::error_code, const std::exception_ptr&) noexcept override {}

 protected:
  const std::shared_ptr<ContextNode> parent_;
};

// A node that can end.
class EndingNode : public ContextNode {
 public:
  explicit EndingNode(std::shared_ptr<ContextNode> parent)
      : ContextNode(std::move(parent)),
        done_core_(chan_make(kElementType<Unit>, 0)),
        done_(ChanHandle(done_core_)) {}
  ~EndingNode() override;

  // Joins the parent's list; ends at once if the parent has ended. Once, right after it was made.
  void join_parent() noexcept;

  // The first call ends the node, and all below it, before it returns.
  void end(std::error_code err, const std::exception_ptr& cause) noexcept;

  // Has `listener` told when the node ends. One that has ended already tells it at once.
  void watch(EndListener& listener) noexcept;
  // True if it was still to be told.
  bool unwatch(EndListener& listener) noexcept;

  EndingNode* ends_with() noexcept override { return this; }
  void parent_ended(std::error_code err, const std::exception_ptr& cause) noexcept override {
    end(err, cause);
  }
  const Chan<>& done() const noexcept { return done_; }
  std::error_code err() noexcept;
  std::exception_ptr cause() noexcept;

 protected:
  // What else is to be let go once the node has ended.
  virtual void ended() noexcept {}

 private:
  std::shared_ptr<EndListener> take_listener() noexcept;

  struct Listeners {
    EndListener* head = nullptr;
    EndListener* tail = nullptr;
  };
  base::SpinLock lock_;  // guards the three below; never held together with another node's
  std::error_code err_;
  std::exception_ptr cause_;
  Listeners listeners_;
  base::Atomic<bool> told_{false};  // all listeners have been told
  ChanCore* const done_core_;
  const Chan<> done_;
};

}  // namespace sluice::detail

#include "sluice/err_group.hpp"

#include "sluice/panic.hpp"

namespace sluice {

ErrGroup::ErrGroup(const Context& parent) : scope_(with_cancel(parent)) {}

ErrGroup::~ErrGroup() {
  scope_.cancel();
  running_.wait();
}

void ErrGroup::set_limit(int n) {
  if (limit_.has_value() && !limit_->try_acquire(limit_size_)) {
    detail::throw_panic("errgroup: modify limit while goroutines in the group are still active");
  }
  limit_.reset();
  if (n >= 0) limit_.emplace(n);
  limit_size_ = n;
}

void ErrGroup::fail(std::exception_ptr thrown) {
  Lock lock(mu_);
  if (first_ != nullptr) return;
  first_ = thrown;
  scope_.cancel(std::move(thrown));
}

void ErrGroup::wait() {
  running_.wait();
  scope_.cancel();
  std::exception_ptr first;
  {
    Lock lock(mu_);
    first = std::exchange(first_, nullptr);
  }
  if (first != nullptr) std::rethrow_exception(first);
}

}  // namespace sluice

// A store of replicas; a scan decides which of their Raft logs are worth truncating.
// Bug: the scan holds the store locked for reading and asks the queue, which asks the store for the
// replica's Raft status, and that locks the store for reading again: with a writer in between, all
// three wait.
#include <map>
#include <memory>
#include <set>

#include <sluice/sluice.hpp>

namespace {

struct RaftStatus {
  int applied = 0;
};

class Store;

class RaftLogQueue {
 public:
  explicit RaftLogQueue(Store& store) : store_(store) { sluice::debug::name(&mu_, "queue.mu"); }
  void maybe_add(int replica);

 private:
  bool should_queue(int replica);

  Store& store_;
  sluice::Mutex mu_;
  std::set<int> queued_;
};

class Store {
 public:
  Store() : queue_(*this) {
    sluice::debug::name(&mu_, "store.mu");
    for (int replica = 1; replica <= 3; ++replica) replicas_[replica] = {replica * 10};
  }

  void scan_raft_logs() {
    sluice::SharedLock lock(mu_);
    for (const auto& [replica, status] : replicas_) queue_.maybe_add(replica);
  }

  RaftStatus raft_status(int replica) {
    sluice::SharedLock lock(mu_);
    return replicas_.at(replica);
  }

  void process_raft() {
    sluice::Lock lock(mu_);
    for (auto& [replica, status] : replicas_) ++status.applied;
  }

 private:
  sluice::RWMutex mu_;
  std::map<int, RaftStatus> replicas_;
  RaftLogQueue queue_;
};

void RaftLogQueue::maybe_add(int replica) {
  sluice::Lock lock(mu_);
  if (should_queue(replica)) queued_.insert(replica);
}

bool RaftLogQueue::should_queue(int replica) { return store_.raft_status(replica).applied > 10; }

}  // namespace

int main() {
  return sluice::run([] {
    auto store = std::make_shared<Store>();
    sluice::go({.name = "scan"}, [store] { store->scan_raft_logs(); });
    sluice::go({.name = "raft"}, [store] { store->process_raft(); });
  });
}

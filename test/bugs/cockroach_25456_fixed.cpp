// A queue that checks whether replicas agree, and gives up when its store is being stopped.
// Fixed: the test stops the store before it processes the replica.
#include <map>

#include <sluice/sluice.hpp>

namespace {

class Stopper {
 public:
  Stopper() { sluice::debug::name(&quiesce_, "stopper.quiesce"); }
  sluice::RecvChan<> should_quiesce() const { return quiesce_; }
  void stop() { quiesce_.close(); }

 private:
  sluice::Chan<> quiesce_ = sluice::make_chan();
};

class Replica {
 public:
  explicit Replica(const Stopper& stopper) : stopper_(stopper) {}

  bool check_consistency() {
    const int id = next_check_++;
    return collect_checksum(id) == checksums_[id];
  }

 private:
  int collect_checksum(int id) {
    stopper_.should_quiesce().recv();
    return checksums_[id];
  }

  const Stopper& stopper_;
  int next_check_ = 1;
  std::map<int, int> checksums_;
};

class ConsistencyQueue {
 public:
  bool process(Replica& replica) {
    ++processed_;
    return replica.check_consistency();
  }

 private:
  int processed_ = 0;
};

struct Store {
  Stopper stopper;
  ConsistencyQueue consistency;
  Replica replica{stopper};
};

}  // namespace

int main() {
  return sluice::run([] {
    Store store;
    store.stopper.stop();
    store.consistency.process(store.replica);
  });
}

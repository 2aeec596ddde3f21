// Data flows between nodes: each flow has streams that come in, and can be cancelled before they
// have all connected.
// Bug: cancelling tells each stream's receiver of it with a row that is pushed into a channel of
// one slot, under the registry's lock; the slot is taken and nobody has begun to read.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <sluice/sluice.hpp>

namespace {

struct Row {
  int value = 0;
  std::string error;
};

class RowReceiver {
 public:
  virtual ~RowReceiver() = default;
  virtual void push(Row row) = 0;
};

class RowChannel : public RowReceiver {
 public:
  explicit RowChannel(const std::string& name) { sluice::debug::name(&rows_, name + ".rows"); }
  void push(Row row) override { rows_.send(std::move(row)); }

 private:
  sluice::Chan<Row> rows_ = sluice::make_chan<Row>(1);
};

struct Flow {
  std::vector<std::shared_ptr<RowReceiver>> inbound;
};

class FlowRegistry {
 public:
  FlowRegistry() { sluice::debug::name(&mu_, "flows.mu"); }

  void add(int id, Flow flow) {
    sluice::Lock lock(mu_);
    flows_[id] = std::move(flow);
  }

  void cancel(int id) {
    sluice::Lock lock(mu_);
    for (const auto& receiver : flows_[id].inbound) receiver->push({0, "flow canceled"});
    flows_.erase(id);
  }

 private:
  sluice::Mutex mu_;
  std::map<int, Flow> flows_;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto left = std::make_shared<RowChannel>("left");
    auto right = std::make_shared<RowChannel>("right");
    FlowRegistry flows;
    flows.add(1, {{left, right}});
    left->push({1, ""});
    flows.cancel(1);
  });
}

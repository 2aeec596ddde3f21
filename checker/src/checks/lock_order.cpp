// Locks that are taken in one order here, and in another one there.
#include "checks/held_wrongly.hpp"
#include "orders/unit_orders.hpp"

namespace sluice::checker {
namespace {

class LockOrderCheck : public Check {
 public:
  void run(Unit& unit, const Options&, Sink& sink) override {
    const std::vector<SeenOrder> seen = orders_of(unit);
    std::vector<LockOrder> orders;
    for (const SeenOrder& each : seen) orders.push_back(each.order);
    for (const std::vector<std::size_t>& cycle : find_cycles(orders)) {
      sink.report(describe(seen, cycle));
    }
  }

 private:
  // Where the last of them is taken, which mostly is what came last.
  static Finding describe(const std::vector<SeenOrder>& seen,
                          const std::vector<std::size_t>& cycle) {
    const SeenOrder& last = seen[cycle.back()];
    Finding finding;
    finding.check = kLockOrderCheck;
    finding.location = last.second_at;
    finding.message = order_message(last.first_spelled, last.second_spelled);
    finding.notes.push_back({last.first_at, "'" + last.first_spelled + "' is locked here"});
    for (const std::size_t order : cycle) {
      if (order == cycle.back()) continue;
      const SeenOrder& each = seen[order];
      finding.notes.push_back(
          {each.first_at, each.function + " locks '" + each.first_spelled + "' here"});
      finding.notes.push_back({each.second_at, "and then '" + each.second_spelled + "'"});
    }
    return finding;
  }
};

}  // namespace

std::unique_ptr<Check> make_lock_order() { return std::make_unique<LockOrderCheck>(); }

}  // namespace sluice::checker

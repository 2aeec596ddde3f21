// Validates the checks of a table, a goroutine for each, with a copy of its own.
#include <array>
#include <atomic>

#include <sluice/sluice.hpp>

namespace {

struct Check {
  int id = 0;
  bool validated = false;
};

class SchemaChanger {
 public:
  // The number of checks that hold.
  int validate_checks(const std::array<Check, 4>& checks) {
    std::atomic<int> valid{0};
    sluice::WaitGroup validating;
    for (const Check& check : checks) {
      validating.go([this, &valid, check] { valid += validate(check); });
    }
    validating.wait();
    return valid;
  }

 private:
  int validate(const Check& check) { return check.id > 0 && !check.validated; }
};

}  // namespace

int main() {
  return sluice::run([] {
    SchemaChanger changer;
    changer.validate_checks({Check{1}, Check{2}, Check{3}, Check{4}});
  });
}

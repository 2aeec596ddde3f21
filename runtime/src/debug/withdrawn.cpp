#include "debug/withdrawn.hpp"

#include "debug/describe.hpp"

namespace sluice::checked {

Report withdrawn_report(const char* code, const Identity& about, const char* since) {
  Report report;
  report.code = "SL999";
  report.every_time = true;
  report.title =
      std::string("the report ") + code + " on " + who(about) + " is withdrawn: " + since;
  Section& section = report.section();
  section.add(2,
              "The lock was freed by somebody who did not hold it, or sluice is wrong. If no other "
              "goroutine unlocks here, please report it.");
  return report;
}

}  // namespace sluice::checked

// sluice_verdicts ROW: runs one row of the table; run.py holds what it prints against the verdict.
#include <cstdio>
#include <string_view>

#include "rows.hpp"

int main(int argc, char** argv) {
  const std::string_view wanted = argc == 2 ? argv[1] : "";
  for (const auto rows : {verdicts::order_rows(), verdicts::other_rows()}) {
    for (const verdicts::Row& row : rows) {
      if (row.name == wanted) return sluice::run([&row] { row.program(); });
      if (wanted.empty()) std::puts(row.name);
    }
  }
  if (wanted.empty()) return 0;
  std::fprintf(stderr, "sluice_verdicts: no row '%s'; without arguments it lists them\n", argv[1]);
  return 2;
}

// Lines of source files, read from disk when a report quotes them.
#pragma once

#include <string>
#include <string_view>

#include "sluice/detail/event.hpp"

namespace sluice::checked {

// Without its newline; empty when there is no such file or line. With `count`, what follows it,
// too.
std::string source_line(const std::string& file, int line, int count = 1);

// A line as a report shows it: tabs are two spaces, and `column`, counted from one, is where the
// mark goes: at the name of what is called there.
struct QuotedLine {
  std::string text;  // empty when there is no such line
  int column = 1;
};
QuotedLine quoted_line(const std::string& file, int line, int column);

// The variable that a line such as `auto jobs = sluice::make_chan<int>(4);` makes; empty when the
// line does not say so.
std::string variable_made_at(std::string_view line);

// What the first line of `text` calls the object of this kind that it uses: `wake_` of
// `wake_.send();`, `bank->mu` of `sluice::Lock lock(bank->mu);`. Of a select, which may go on over
// the next lines, what its case `index` is called. Empty when the line does not say it, or uses
// two.
std::string variable_used_at(std::string_view text, detail::ObjectKind kind, std::size_t index);

}  // namespace sluice::checked

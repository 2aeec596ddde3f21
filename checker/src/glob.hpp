// Names with `*` in them.
#pragma once

#include <string_view>

namespace sluice::checker {

// Whether the pattern stands for the text; `*` is any text, also none.
inline bool glob_matches(std::string_view glob, std::string_view text) {
  if (glob.empty()) return text.empty();
  if (glob.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (glob_matches(glob.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && glob.front() == text.front() &&
         glob_matches(glob.substr(1), text.substr(1));
}

}  // namespace sluice::checker

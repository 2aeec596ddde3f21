// Writes results for people and for programs.
#pragma once

#include <ostream>
#include <vector>

#include "result.hpp"

namespace sluice::checker {

// As compilers write: `file:line:column: warning: message [check]`, the source line, then the path
// as notes. Nothing when there is nothing to say.
void render_text(const std::vector<PlainFinding>& findings, std::ostream& out);

// One object: `version`, `findings`, and `not_analysed` with a reason for each file.
void render_json(const std::vector<PlainFinding>& findings, const std::vector<FileResult>& failed,
                 std::ostream& out);

// SARIF 2.1.0. `version` is the tool's.
void render_sarif(const std::vector<PlainFinding>& findings, const std::vector<FileResult>& failed,
                  const std::string& version, std::ostream& out);

// GitLab's code quality report.
void render_gitlab(const std::vector<PlainFinding>& findings, std::ostream& out);

}  // namespace sluice::checker

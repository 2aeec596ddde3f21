// What takes more than one file to see: locks that are taken in one order in this file and in
// another one in that, and locks that a function of another file releases. Each file gives its
// orders; they can be kept as a summary, so that parts of a project are analysed apart and put
// together later.
#pragma once

#include <string>
#include <vector>

#include "result.hpp"

namespace sluice::checker {

// Takes away the findings that functions of another file refute, and those that had to be borne out
// and are not.
void subtract_refuted(std::vector<PlainFinding>& findings, const std::vector<FileResult>& results);

// A finding for each cycle, at the last of its orders.
std::vector<PlainFinding> find_lock_orders(const std::vector<PlainOrder>& orders);

// False, with a line in `error`, when the file can't be written or read.
bool write_summary(const std::string& file, const std::vector<PlainOrder>& orders,
                   std::string& error);
bool read_summary(const std::string& file, std::vector<PlainOrder>& orders, std::string& error);

}  // namespace sluice::checker

// Adds to the picture of the report that is being written on this thread.
#pragma once

#include <string>

#include "debug/describe.hpp"

namespace sluice::checked {

// `label` says how it waits: "lock", "recv (empty)". Sites are texts such as "bank.cc:41", and
// empty when unknown.
void draw_wait(const Identity& who, const ObjectInfo& what, const std::string& label,
               const std::string& site, Names& names);
// A goroutine that waits for nothing that could be pointed to, or only stands somewhere.
void draw_goroutine(const Identity& who, const std::string& detail);
void draw_holder(const ObjectInfo& what, const Identity& who, const std::string& site,
                 Names& names);
// `who` owes a done to `group`.
void draw_debt(const ObjectInfo& group, const Identity& who, const std::string& site, Names& names);
// `to` was asked for while `from` was held.
void draw_order(const ObjectInfo& from, const ObjectInfo& to, const Identity& who,
                const std::string& site, Names& names);

void draw_ended(const Identity& who, const std::string& how);
// The goroutine's node stands for all of `equal`, of which it is the first.
void draw_equal(const std::vector<Identity>& equal);

}  // namespace sluice::checked

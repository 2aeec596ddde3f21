// Names as compilers make them, and as a reader wants them.
#include "debug/demangle.hpp"

#include <gtest/gtest.h>

namespace sluice::checked {
namespace {

TEST(Shorten, takes_parameters_and_templates_out) {
  EXPECT_EQ(shorten("Bank::transfer(int, Bank&)"), "Bank::transfer");
  EXPECT_EQ(shorten("Bank::balance() const"), "Bank::balance");
  EXPECT_EQ(shorten("std::vector<int, std::allocator<int> >::push_back(int const&)"),
            "std::vector::push_back");
  EXPECT_EQ(shorten("void run<main::{lambda()#1}>(main::{lambda()#1}&&)"), "run");
  EXPECT_EQ(shorten("std::map<int, char>::iterator find<long>(long)"), "find");
  EXPECT_EQ(shorten("store::Table::(anonymous namespace)::load(char const*)"),
            "store::Table::load");
  EXPECT_EQ(shorten("name[abi:cxx11](int)"), "name");
  EXPECT_EQ(shorten("worker(int) [clone .constprop.0]"), "worker");
  EXPECT_EQ(shorten("main"), "main");
}

TEST(Shorten, calls_every_lambda_lambda) {
  EXPECT_EQ(shorten("main::{lambda()#1}::operator()() const"), "main::{lambda}");
  EXPECT_EQ(shorten("main::{lambda(auto:1)#3}::operator()<int>(int) const"), "main::{lambda}");
  EXPECT_EQ(shorten("main::$_0::operator()() const"), "main::{lambda}");
  EXPECT_EQ(shorten("main::{lambda()#1}::operator()() const::mu"), "mu");
  EXPECT_EQ(shorten("main::{lambda()#1}::operator()() const::Guard::enter(int)"), "Guard::enter");
  EXPECT_EQ(shorten("main::'lambda'()::operator()() const"), "main::{lambda}");
  EXPECT_EQ(
      shorten("serve(int)::{lambda()#1}::operator()() const::{lambda()#2}::operator()() const"),
      "serve::{lambda}::{lambda}");
}

TEST(Shorten, keeps_operators) {
  EXPECT_EQ(shorten("Chan<int>::operator bool() const"), "Chan::operator bool");
  EXPECT_EQ(shorten("operator<<(std::ostream&, Row const&)"), "operator<<");
  EXPECT_EQ(shorten("bool operator< <int>(Box<int>, Box<int>)"), "operator<");
  EXPECT_EQ(shorten("Ptr<Row>::operator->() const"), "Ptr::operator->");
  EXPECT_EQ(shorten("Task::operator()(int)"), "Task::operator()");
  EXPECT_EQ(shorten("operator new(unsigned long)"), "operator new");
}

TEST(Demangle, reads_mangled_names_and_leaves_others) {
  EXPECT_EQ(demangle("_ZN4Bank8transferEiRS_"), "Bank::transfer");
  EXPECT_EQ(demangle("_ZZ4mainENKUlvE_clEv"), "main::{lambda}");
  EXPECT_EQ(demangle("_ZL8accounts"), "accounts");
  EXPECT_EQ(demangle("main"), "main");
  EXPECT_EQ(demangle("b"), "b");  // not bool
  EXPECT_EQ(demangle(nullptr), "");
}

TEST(Internal, is_the_runtime_and_the_standard_library) {
  EXPECT_TRUE(is_internal("sluice::Mutex::lock"));
  EXPECT_TRUE(is_internal("std::lock_guard::lock_guard"));
  EXPECT_TRUE(is_internal("start_thread"));
  EXPECT_FALSE(is_internal("main::{lambda}"));
  EXPECT_FALSE(is_internal("clone_table"));
  EXPECT_FALSE(is_internal("sluicegate::open"));
}

}  // namespace
}  // namespace sluice::checked

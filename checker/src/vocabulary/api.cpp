// The table, and how declarations are found in it.
#include "vocabulary/api.hpp"

#include <string_view>

#include "clang/AST/DeclCXX.h"
#include "vocabulary/vocabulary.hpp"

namespace sluice::checker {
namespace {

struct Row {
  std::string_view name;  // qualified, without inline namespaces and template arguments
  Api api;
};

constexpr Row kRows[] = {
    {"sluice::go", Api::spawn},
    {"sluice::WaitGroup::go", Api::spawn},
    {"sluice::ErrGroup::go", Api::spawn},
    {"sluice::ErrGroup::try_go", Api::spawn},
    {"sluice::WaitGroup::add", Api::group_add},
    {"sluice::WaitGroup::done", Api::group_done},
    {"sluice::WaitGroup::wait", Api::join},
    {"sluice::ErrGroup::wait", Api::join},
    {"sluice::Chan::send", Api::send},
    {"sluice::SendChan::send", Api::send},
    {"sluice::Chan::recv", Api::receive},
    {"sluice::RecvChan::recv", Api::receive},
    {"sluice::Chan::close", Api::close},
    {"sluice::SendChan::close", Api::close},
    {"sluice::on_recv", Api::receive_case},
    {"sluice::select", Api::select},
    {"sluice::try_select", Api::try_select},
    {"sluice::after", Api::after},
    {"sluice::Cond::wait", Api::cond_wait},
    {"sluice::sleep_for", Api::park},
    {"sluice::sleep_until", Api::park},
    {"sluice::Semaphore::acquire", Api::park},
    {"sluice::Selector::wait", Api::park},
    {"sluice::with_cancel", Api::make_context},
    {"sluice::with_deadline", Api::make_context},
    {"sluice::with_timeout", Api::make_context},
    {"sluice::Defer::Defer", Api::defer},
    {"std::this_thread::sleep_for", Api::sleep},
    {"std::this_thread::sleep_until", Api::sleep},
    {"sleep", Api::sleep},
    {"usleep", Api::sleep},
    {"nanosleep", Api::sleep},
    {"std::thread::thread", Api::spawn},
    {"std::jthread::jthread", Api::spawn},
    {"std::async", Api::spawn},
    {"std::thread::join", Api::join},
    {"std::jthread::join", Api::join},
    {"std::future::get", Api::join},
    {"std::future::wait", Api::join},
    {"std::latch::wait", Api::join},
    {"std::latch::arrive_and_wait", Api::join},
    {"std::barrier::arrive_and_wait", Api::join},
    {"std::condition_variable::wait", Api::cond_wait},
    {"std::condition_variable_any::wait", Api::cond_wait},
    {"pthread_cond_wait", Api::cond_wait},
    {"cnd_wait", Api::cond_wait},
};

llvm::StringRef last_name(llvm::StringRef name) {
  const std::size_t colons = name.rfind("::");
  return colons == llvm::StringRef::npos ? name : name.drop_front(colons + 2);
}

// SLUICE_DEFER adds its block to a maker.
Api of_plus(const clang::FunctionDecl* function) {
  const auto* method = llvm::dyn_cast<clang::CXXMethodDecl>(function);
  const bool makes = method != nullptr && simple_name(method->getParent()) == "DeferMaker" &&
                     plain_name(method->getParent()) == "sluice::detail::DeferMaker";
  return makes ? Api::defer : Api::none;
}

}  // namespace

ApiTable::ApiTable() {
  for (const Row& row : kRows) {
    const llvm::StringRef name(row.name.data(), row.name.size());
    by_name_[name] = row.api;
    last_names_[last_name(name)] = 1;
  }
}

Api ApiTable::of(const clang::FunctionDecl* function) {
  if (function == nullptr) return Api::none;
  function = function->getCanonicalDecl();
  if (function->getOverloadedOperator() == clang::OO_Plus) return of_plus(function);
  if (!last_names_.contains(simple_name(function))) return Api::none;
  const auto [entry, is_new] = cache_.try_emplace(function, Api::none);
  if (is_new) entry->second = by_name_.lookup(plain_name(function));
  // A wait with a predicate is a loop of its own.
  if (entry->second == Api::cond_wait && function->getIdentifier() != nullptr &&
      function->getName() == "wait" && function->getNumParams() > 1) {
    entry->second = Api::none;
  }
  return entry->second;
}

}  // namespace sluice::checker

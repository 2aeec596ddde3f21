#include "support/goroutine_test.hpp"

#include <cstdlib>
#include <exception>
#include <memory>
#include <sstream>
#include <string>

#include "fiber/stack_pool.hpp"
#include "sluice/sluice.hpp"
#include "support/eventually.hpp"

namespace sluice::test {

namespace {

class GoroutineTest : public testing::Test {
 public:
  GoroutineTest(int workers, Body body) : workers_(workers), body_(body) {}
  void TestBody() override { run_body(workers_, body_); }

 private:
  int workers_;
  Body body_;
};

std::vector<int> default_worker_counts() {
  const char* listed = std::getenv("SLUICE_TEST_WORKERS");
  std::vector<int> counts;
  std::stringstream words(listed != nullptr ? listed : "1,2,4");
  for (std::string word; std::getline(words, word, ',');) counts.push_back(std::atoi(word.c_str()));
  return counts;
}

void call_body(Body body) {
  try {
    body();
  } catch (const std::exception& error) {
    ADD_FAILURE() << "the body threw: " << error.what();
  } catch (...) {
    ADD_FAILURE() << "the body threw something that is no std::exception";
  }
}

}  // namespace

bool register_goroutine_test(const char* suite, const char* name, const char* file, int line,
                             Body body, std::vector<int> worker_counts) {
  if (worker_counts.empty()) worker_counts = default_worker_counts();
  for (int workers : worker_counts) {
    const std::string full_name = std::string(name) + "/" + std::to_string(workers);
    const std::string value = std::to_string(workers) + " workers";
    testing::RegisterTest(
        suite, full_name.c_str(), nullptr, value.c_str(), file, line,
        // The base class as the return type: TEST and SLUICE_TEST may then share a suite.
        [=]() -> testing::Test* { return new GoroutineTest(workers, body); });
  }
  return true;
}

void run_body(int workers, Body body) {
  const std::size_t stacks_before = fiber::stacks_in_use();
  sluice::run(Options{.workers = workers}, [&] {
    EXPECT_EQ(sluice::workers(), workers);
    call_body(body);
    // After a failure goroutines are bound to be left over; saying so would only hide the reason.
    if (testing::Test::HasFailure()) return;
    EXPECT_TRUE(eventually([] { return num_goroutines() == 1; }))
        << num_goroutines() - 1 << " goroutines leaked by the body:\n"
        << debug::goroutine_dump();
  });
  // Workers give back the stacks that they keep at hand when their threads end, which run need not
  // wait for.
  EXPECT_TRUE(eventually([&] { return fiber::stacks_in_use() <= stacks_before; }))
      << fiber::stacks_in_use() - stacks_before << " stacks leaked";
}

}  // namespace sluice::test

// SLUICE_TEST: a GoogleTest test whose body is the main goroutine, once for each number of workers.
// It knows how to start the runtime and how to see that the body left nothing behind, not what is
// tested.
#pragma once

#include <gtest/gtest.h>

#include <vector>

namespace sluice::test {

using Body = void (*)();

// Registers `suite.name/1`, `/2` and so on, one for each count. No counts: 1, 2 and 4, or what
// SLUICE_TEST_WORKERS lists ("1,2,8").
bool register_goroutine_test(const char* suite, const char* name, const char* file, int line,
                             Body body, std::vector<int> worker_counts = {});

// Runs the body inside sluice::run. Fails the current test when the body throws, or when goroutines
// or their stacks are left over after it.
void run_body(int workers, Body body);

}  // namespace sluice::test

#define SLUICE_TEST_BODY_(suite, name) sluice_test_body_##suite##_##name
#define SLUICE_TEST_REGISTER_(suite, name, ...)                                              \
  static void SLUICE_TEST_BODY_(suite, name)();                                              \
  [[maybe_unused]] static const bool sluice_test_registered_##suite##_##name =               \
      ::sluice::test::register_goroutine_test(#suite, #name, __FILE__, __LINE__,             \
                                              &SLUICE_TEST_BODY_(suite, name), __VA_ARGS__); \
  static void SLUICE_TEST_BODY_(suite, name)()

// SLUICE_TEST(Suite, Name) { body }
#define SLUICE_TEST(suite, name) SLUICE_TEST_REGISTER_(suite, name, {})
// The same with the worker counts that the behaviour needs: SLUICE_TEST_ON(Suite, Name, 2, 4) {
// body }
#define SLUICE_TEST_ON(suite, name, ...) \
  SLUICE_TEST_REGISTER_(suite, name, std::vector<int>{__VA_ARGS__})

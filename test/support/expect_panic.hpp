// EXPECT_PANIC: a statement must throw sluice::Panic with exactly this text.
#pragma once

#include <gtest/gtest.h>

#include "sluice/panic.hpp"

#define EXPECT_PANIC(statement, expected_text)                                                 \
  do {                                                                                         \
    bool sluice_test_panicked = false;                                                         \
    try {                                                                                      \
      (void)(statement);                                                                       \
    } catch (const ::sluice::Panic& panic) {                                                   \
      sluice_test_panicked = true;                                                             \
      EXPECT_STREQ(panic.what(), expected_text) << #statement;                                 \
    }                                                                                          \
    EXPECT_TRUE(sluice_test_panicked) << #statement " did not throw Panic(" expected_text ")"; \
  } while (false)

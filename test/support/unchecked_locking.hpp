// For tests that lock as nobody should, or as clang's thread-safety analysis can't follow (try_lock
// inside ASSERT_TRUE, an unlock by another goroutine): from this include on the analysis is off for
// the file.
#pragma once

#if defined(__clang__)
#pragma clang diagnostic ignored "-Wthread-safety-analysis"
#endif

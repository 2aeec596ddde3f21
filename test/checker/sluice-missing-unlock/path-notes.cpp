// RUN: %not %sluice_check %s -- -std=c++20 | %FileCheck %s
// RUN: %clangxx -std=c++20 -fsyntax-only -fplugin=%plugin %s 2>&1 | %FileCheck %s --check-prefix=PLUGIN
// RUN: %clang_tidy --quiet --load=%tidy_module '-checks=-*,sluice-*' %s -- -std=c++20 | %FileCheck %s --check-prefix=PLUGIN
// The path of a finding: where the lock was taken, which branches led out.
#include <mutex>

std::mutex mu;
int total;

int two_branches(int x, bool fast) {
  mu.lock();
  for (int i = 0; i < x; ++i) {
    if (i == total && fast) {
      return i;
    }
  }
  mu.unlock();
  return 0;
}
// CHECK:      {{.*}}path-notes.cpp:14:7: warning: 'mu' is still locked when 'two_branches' returns here; it was locked on line 11 [sluice-missing-unlock]
// CHECK-NEXT: {{^}}      return i;
// CHECK-NEXT: {{^}}      ^
// CHECK-NEXT: {{.*}}path-notes.cpp:11:3: note: locked here
// CHECK-NEXT: {{.*}}path-notes.cpp:12:19: note: taking the true branch here
// CHECK-NEXT: {{.*}}path-notes.cpp:13:9: note: taking the true branch here
// CHECK-NEXT: {{.*}}path-notes.cpp:13:23: note: taking the true branch here
// CHECK-NOT:  {{warning|note}}

// PLUGIN: path-notes.cpp:14:7: warning: 'mu' is still locked when 'two_branches' returns here; it was locked on line 11 [sluice-missing-unlock]
// PLUGIN: path-notes.cpp:11:3: note: locked here
// PLUGIN: path-notes.cpp:12:19: note: taking the true branch here
// PLUGIN: path-notes.cpp:13:9: note: taking the true branch here
// PLUGIN: path-notes.cpp:13:23: note: taking the true branch here

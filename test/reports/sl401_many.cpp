// Two hundred goroutines that wait for the same thing are told of as one.
// RUN: env SLUICE_DEBUG=check %programs/sl401_many 2>&1 | %FileCheck %s
#include <sluice/sluice.hpp>

[[gnu::noinline]] void answer(const sluice::Chan<int>& replies, sluice::WaitGroup& asked) {
  asked.done();
  replies.send(1);
}

sluice::Chan<int> replies;  // anybody could still take what they send

int main() {
  return sluice::run([] {
    replies = sluice::make_chan<int>();
    sluice::WaitGroup asked;
    asked.add(201);
    for (int i = 0; i < 201; ++i) {
      sluice::go([&] { answer(replies, asked); });
    }
    replies.recv();  // the fastest one is enough
    asked.wait();
  });
}
// CHECK: sluice: error[SL401]: 200 goroutines are still alive though main has returned
// CHECK: goroutine {{[0-9]+(, [0-9]+)*}}, ... (x200) send 'replies' (unbuffered), for {{.*}} s
// CHECK-NEXT: sl401_many.cpp:7 answer
// CHECK: started at sl401_many.cpp:

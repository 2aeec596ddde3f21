// RUN: %check_all %s
// Groups that are given to functions, pointed to, or shared by several functions, with which nobody
// is ever done.
#include <functional>
#include <memory>

#include <sluice/sluice.hpp>

void work(int part);

void forgetful(int part, sluice::WaitGroup*) {
  work(part);
}
void by_pointer() {
  sluice::WaitGroup wg;
  wg.add(1);
  sluice::go(forgetful, 7, &wg);
  wg.wait();  // expected-warning {{'wg' is told of 1, and nobody calls 'done': this waits for ever}}
}

void only_waits(sluice::WaitGroup& group) { group.wait(); }  // expected-warning {{'wg' is told of goroutines, and nobody calls 'done'}}
void by_reference() {
  sluice::WaitGroup wg;
  wg.add();
  sluice::go([] { work(1); });
  only_waits(wg);
}

void of_a_number(int n) {
  sluice::WaitGroup wg;
  sluice::debug::name(&wg, "workers");
  wg.add(n);
  for (int i = 0; i < n; ++i) sluice::go([i] { work(i); });
  wg.wait();  // expected-warning {{'wg' is told of goroutines, and nobody calls 'done'}}
}

void by_smart_pointer() {
  auto wg = std::make_shared<sluice::WaitGroup>();
  wg->add();
  sluice::go([wg] {
    wg->wait();  // expected-warning {{'wg' is told of goroutines, and nobody calls 'done'}}
    work(2);
  });
}

class Server {
 public:
  void start(int part) {
    running_.add();
    sluice::go([part] { work(part); });
  }
  void stop() {
    running_.wait();  // expected-warning {{'running_' is told of goroutines, and nobody calls 'done'}}
  }

 private:
  sluice::WaitGroup running_;
};

sluice::WaitGroup of_the_program;
void begin() {
  of_the_program.add();
  sluice::go([] { work(3); });
}
void end() {
  of_the_program.wait();  // expected-warning {{'of_the_program' is told of goroutines, and nobody}}
}

// Each add() is for the goroutine that starts next.
class Client {
 public:
  void start() {
    running_.add();
    sluice::go([this] {
      work(1);
      running_.done();
    });
    running_.add();  // expected-warning {{'running_' is told of the goroutine that starts next, which never calls 'done' as the others do: who waits for it waits for ever}}
    sluice::go([this] { work(1); });
  }
  void stop() { running_.wait(); }

 private:
  sluice::WaitGroup running_;
};

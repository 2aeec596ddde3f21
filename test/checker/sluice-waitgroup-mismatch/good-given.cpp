// RUN: %check_all %s
// expected-no-diagnostics
// Somebody is done with each of these groups, or may be.
#include <functional>
#include <memory>
#include <vector>

#include <sluice/sluice.hpp>

void work(int part);
void elsewhere(sluice::WaitGroup* group);
void keeps(const std::shared_ptr<sluice::WaitGroup>& group);

void worker(int part, sluice::WaitGroup* group) {
  work(part);
  group->done();
}
void passes_on(sluice::WaitGroup& group) { worker(1, &group); }

void by_pointer() {
  sluice::WaitGroup wg;
  wg.add(2);
  sluice::go(worker, 1, &wg);
  sluice::go(passes_on, std::ref(wg));
  wg.wait();
}
void given_elsewhere() {
  sluice::WaitGroup wg;
  wg.add();
  sluice::go(elsewhere, &wg);
  wg.wait();
}
void by_smart_pointer() {
  auto wg = std::make_shared<sluice::WaitGroup>();
  wg->add(2);
  sluice::go([=] { wg->done(); });
  sluice::go([=] { wg->done(); });
  wg->wait();
}
void kept_elsewhere() {
  auto wg = std::make_shared<sluice::WaitGroup>();
  wg->add();
  keeps(wg);
  wg->wait();
}
void by_a_copy() {
  auto wg = std::make_shared<sluice::WaitGroup>();
  auto same = wg;
  wg->add();
  sluice::go([=] { same->done(); });
  wg->wait();
}
void of_another(sluice::WaitGroup& other) {
  sluice::WaitGroup* const wg = &other;
  wg->add();
  wg->wait();
}
void collected() {
  sluice::WaitGroup wg;
  std::vector<sluice::WaitGroup*> all;
  all.push_back(&wg);
  wg.add();
  wg.wait();
}

class Server {
 public:
  void start() {
    running_.add();
    sluice::go([this] {
      work(1);
      running_.done();
    });
    handed_on_.add();
    sluice::go(elsewhere, &handed_on_);
    by_go_.add();
    by_go_.go([] { work(2); });
  }
  void stop() {
    running_.wait();
    handed_on_.wait();
    by_go_.wait();
    not_ours_->add();
    not_ours_->wait();
  }

 private:
  sluice::WaitGroup running_;
  sluice::WaitGroup handed_on_;
  sluice::WaitGroup by_go_;
  sluice::WaitGroup* not_ours_ = nullptr;
};

extern sluice::WaitGroup of_the_program;
sluice::WaitGroup of_the_program;
sluice::WaitGroup& the_group() { return of_the_program; }
void begins() {
  of_the_program.add();
  of_the_program.wait();
}

class Taken {
 public:
  void start(int n) { parts_.add(n); }
  void end(int n) { parts_.add(-n); }
  void wait() { parts_.wait(); }

 private:
  sluice::WaitGroup parts_;
};

// One goroutine may be done for another.
class Pipeline {
 public:
  void start() {
    running_.add();
    sluice::go([this] { jobs_.send(1); });
    running_.add();
    sluice::go([this] {
      for (int i = 0; i < 2; ++i) {
        jobs_.recv();
        running_.done();
      }
    });
  }
  void stop() { running_.wait(); }

 private:
  sluice::Chan<int> jobs_ = sluice::make_chan<int>();
  sluice::WaitGroup running_;
};
class Cleaner {
 public:
  void start() {
    running_.add();
    sluice::go([this] { work(1); });
    running_.add();
    sluice::go([this] {
      running_.done();
      running_.done();
    });
  }
  void also() {
    other_.add();
    sluice::go([this] { finish(); });
    other_.add();
    sluice::go([this] { other_.done(); });
  }
  void stop() {
    running_.wait();
    other_.wait();
  }

 private:
  void finish() { other_.done(); }
  sluice::WaitGroup running_;
  sluice::WaitGroup other_;
};

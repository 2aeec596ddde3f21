// A worker pool: four goroutines take jobs from one channel and put results into another. The jobs
// channel is closed by its sender; the results channel by a goroutine that waits for all workers.
// From the API's description.
#include <cstdio>
#include <utility>
#include <vector>

#include <sluice/sluice.hpp>

struct Job {
  int number;
};

int work(const Job& job) { return job.number * job.number; }

int main() {
  return sluice::run([] {
    auto jobs = sluice::make_chan<Job>(16);
    auto results = sluice::make_chan<int>();
    std::vector<Job> todo;
    for (int number = 1; number <= 100; ++number) todo.push_back({number});

    sluice::WaitGroup wg;
    for (int id = 0; id < 4; ++id) {
      wg.go([=] {
        for (Job job : jobs) results.send(work(job));
      });
    }
    // The jobs are sent by a goroutine of their own: main is to receive results meanwhile, since
    // no worker takes another job before its last result was received.
    sluice::go([jobs, todo = std::move(todo)]() mutable {
      for (Job& job : todo) jobs.send(std::move(job));
      jobs.close();
    });
    sluice::go([&wg, results] {
      wg.wait();
      results.close();
    });

    int total = 0;
    for (int result : results) total += result;
    std::printf("sum of the first 100 squares: %d\n", total);
  });
}

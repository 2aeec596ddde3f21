// A helper that runs a function in the background and hands its result over.
// Fixed: the channel has a slot for the result, so that dropping it does no harm; main waits for
// the work.
#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include <sluice/sluice.hpp>

namespace {

using Result = std::string;  // empty: it went well

sluice::WaitGroup background;

sluice::RecvChan<Result> async(std::function<Result()> work) {
  auto result = sluice::make_chan<Result>(1);
  background.add();
  sluice::go({.name = "async"}, [=] {
    result.send(work());
    background.done();
  });
  return result;
}

class Attachment {
 public:
  Result copy(const std::string& input) {
    copied_ += input.size();
    return copied_ > 4096 ? "attachment full" : "";
  }

 private:
  std::atomic<std::size_t> copied_{0};
};

void attach(const std::shared_ptr<Attachment>& attachment, const std::string& input) {
  async([=] { return attachment->copy(input); });
}

}  // namespace

int main() {
  return sluice::run([] {
    auto attachment = std::make_shared<Attachment>();
    attach(attachment, "standard input");
    background.wait();
  });
}

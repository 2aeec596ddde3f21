// A restore splits a backup into ranges, and imports them as they become ready. The splitter stops
// on the same context as the importer, which waits for it.
#include <memory>
#include <system_error>

#include <sluice/sluice.hpp>

namespace {

struct Range {
  int start = 0;
  int end = 0;
};

class Restore {
 public:
  explicit Restore(int ranges) : ranges_(ranges) {}

  std::error_code run(sluice::Context ctx) {
    constexpr std::size_t kPresplitRanges = 6;
    auto ready = sluice::make_chan<Range>(kPresplitRanges);
    sluice::WaitGroup splitter;
    sluice::Defer wait{[&] { splitter.wait(); }};
    splitter.go([ctx, ready, ranges = ranges_] { split_and_scatter(ctx, ready, ranges); });
    for (Range range : ready) {
      switch (sluice::try_select(sluice::on_recv(ctx.done()))) {
        case 0:
          return ctx.err();
        default:
          import(range);
      }
    }
    return ctx.err();
  }

 private:
  static void split_and_scatter(sluice::Context ctx, sluice::SendChan<Range> ready, int ranges) {
    sluice::Defer close{[&] { ready.close(); }};
    for (int i = 0; i < ranges; ++i) {
      switch (sluice::select(sluice::on_send(ready, Range{i * 10, i * 10 + 10}),
                             sluice::on_recv(ctx.done()))) {
        case 0:
          break;
        case 1:
          return;
      }
    }
  }

  void import(Range range) { imported_ += range.end - range.start; }

  const int ranges_;
  int imported_ = 0;
};

}  // namespace

int main() {
  return sluice::run([] {
    auto [ctx, cancel] = sluice::with_cancel(sluice::Context::background());
    cancel();  // the job was cancelled before it came to its turn
    Restore restore(32);
    return restore.run(ctx) == sluice::ContextError::canceled ? 0 : 1;
  });
}

// A transaction starts a goroutine that rolls it back when its context ends. The program rolls back
// at the end of its scope, as it must on every path, and waits until the goroutine has seen it.
#include <cstdio>
#include <memory>

#include <sluice/sluice.hpp>

namespace {

class Transaction : public std::enable_shared_from_this<Transaction> {
 public:
  explicit Transaction(const sluice::Context& parent) : scope_(sluice::with_cancel(parent)) {}

  void start() {
    awaiting_.go([self = shared_from_this()] { self->await_done(); });
  }

  void exec(const char* statement) { std::printf("%s\n", statement); }

  void rollback() {
    end("ROLLBACK");
    awaiting_.wait();
  }
  void commit() {
    end("COMMIT");
    awaiting_.wait();
  }

 private:
  void await_done() {
    scope_.ctx.done().recv();
    end("ROLLBACK");
  }

  void end(const char* how) {
    {
      sluice::Lock guard(mu_);
      if (ended_) return;
      ended_ = true;
    }
    std::printf("%s\n", how);
    scope_.cancel();
  }

  sluice::Cancellable scope_;
  sluice::WaitGroup awaiting_;
  sluice::Mutex mu_;
  bool ended_ = false;
};

class Database {
 public:
  std::shared_ptr<Transaction> begin(const sluice::Context& ctx) {
    auto transaction = std::make_shared<Transaction>(ctx);
    transaction->start();
    return transaction;
  }
};

}  // namespace

int main() {
  return sluice::run([] {
    Database database;
    auto transaction = database.begin(sluice::Context::background());
    sluice::Defer rollback{[&] { transaction->rollback(); }};
    transaction->exec("SELECT 1");
  });
}

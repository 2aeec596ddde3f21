// RUN: %check_all %s
// expected-no-diagnostics
#include <mutex>
#include <shared_mutex>

#include <sluice/sluice.hpp>

sluice::Mutex accounts, ledger, gate;
std::mutex a, b;
std::shared_mutex s, t;
int total;

void transfer() {
  sluice::Lock first(accounts);
  sluice::Lock second(ledger);
  total++;
}
void audit() {
  sluice::Lock first(accounts);
  sluice::Lock second(ledger);
  total--;
}
// Let go in between.
void one_by_one() {
  {
    sluice::Lock lock(ledger);
    total++;
  }
  sluice::Lock lock(accounts);
  total++;
}
// Both at once, in any order.
void ab() { std::scoped_lock both(a, b); }
void ba() { std::scoped_lock both(b, a); }
void by_hand() {
  std::lock(b, a);
  b.unlock();
  a.unlock();
}
// One that does not wait.
sluice::Mutex x, y;
void xy() {
  sluice::Lock first(x);
  sluice::Lock second(y);
}
void yx() {
  sluice::Lock first(y);
  if (x.try_lock()) x.unlock();
}
// Never at the same time.
sluice::Mutex p, q;
void pq() {
  sluice::Lock all(gate);
  sluice::Lock first(p);
  sluice::Lock second(q);
}
void qp() {
  sluice::Lock all(gate);
  sluice::Lock first(q);
  sluice::Lock second(p);
}
// Readers.
void st() {
  std::shared_lock<std::shared_mutex> first(s);
  std::shared_lock<std::shared_mutex> second(t);
}
void ts() {
  std::shared_lock<std::shared_mutex> first(t);
  std::shared_lock<std::shared_mutex> second(s);
}
// Of the same kind: one before the other by some rule that is not seen.
struct Node {
  sluice::Mutex mu;
  Node* parent = nullptr;
};
void up(Node& node) {
  sluice::Lock first(node.mu);
  sluice::Lock second(node.parent->mu);
}
void down(Node& node) {
  sluice::Lock first(node.parent->mu);
  sluice::Lock second(node.mu);
}

// RUN: %check_all %s
// `lock` where `unlock` was meant: the second one waits for ever.
#include <mutex>

#include <sluice/sluice.hpp>

sluice::Mutex mu;
sluice::RWMutex rw;
std::mutex plain;

void forgot() {
  mu.lock();
  sluice::Defer release{[&] { mu.lock(); }};  // expected-warning {{this locks 'mu' again when the scope ends; 'unlock' is meant}}
}

void by_macro() {
  mu.lock();
  SLUICE_DEFER { mu.lock(); };  // expected-warning {{this locks 'mu' again when the scope ends}}
}

void readers() {
  rw.lock_shared();
  sluice::Defer release{[] { rw.lock_shared(); }};  // expected-warning {{this locks 'rw' again when the scope ends; 'unlock_shared' is meant}}
}

void of_the_standard() {
  plain.lock();
  sluice::Defer release{[] { plain.lock(); }};  // expected-warning {{this locks 'plain' again}}
}

// RUN: %check_all %s
// Labels that no case of the select has, cases that no label takes.
#include <sluice/sluice.hpp>

void labels(sluice::Chan<int> a, sluice::Chan<int> b) {
  switch (sluice::select(on_recv(a), on_recv(b))) {  // expected-warning {{nothing is done when case 0 goes: this select has 2 cases, 0 to 1}}
    case 1:
      break;
    case 2:  // expected-warning {{'case 2' is never chosen: this select has 2 cases, 0 to 1}}
      break;
  }
}

void one(sluice::Chan<int> a) {
  switch (sluice::select(on_recv(a))) {  // expected-warning {{nothing is done when case 0 goes: this select has 1 case, number 0}}
    case -1:  // expected-warning {{'case -1' is never chosen}}
      break;
  }
}

void tries(sluice::Chan<int> a) {
  switch (sluice::try_select(on_recv(a))) {  // expected-warning {{nothing is done when no case is ready: there is no 'default'}}
    case 0:
      break;
  }
}

// RUN: %check_all %s
// expected-no-diagnostics
#include <sluice/sluice.hpp>

enum Which { kA, kB };

void all(sluice::Chan<int> a, sluice::Chan<int> b) {
  switch (sluice::select(on_recv(a), on_recv(b))) {
    case 0:
      break;
    case 1:
      break;
  }
  switch (sluice::select(on_recv(a), on_recv(b))) {
    case kB:
    case kA:
      break;
  }
  switch (sluice::select(on_recv(a), on_recv(b))) {
    case 0:
      break;
    default:
      break;
  }
  switch (sluice::try_select(on_recv(a), on_recv(b))) {
    case 0:
    case 1:
      break;
    default:
      break;
  }
  switch (sluice::try_select(on_recv(a))) {
    case 0:
      break;
    case -1:
      break;
  }
  if (sluice::try_select(on_recv(a)) == 0) return;
}

template <class... Cases>
int first(Cases... cases) {
  switch (sluice::select(std::move(cases)...)) {
    case 0:
      return 0;
    default:
      return 1;
  }
}
int uses(sluice::Chan<int> a, sluice::Chan<int> b) { return first(on_recv(a), on_recv(b)); }

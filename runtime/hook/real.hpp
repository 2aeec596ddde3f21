// The functions that the hooks stand in for, found once, when the program starts.
#pragma once

#include <netdb.h>
#include <poll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

// A hook: takes the place of the function of that name for the whole program.
#define SLUICE_HOOK extern "C" __attribute__((visibility("default")))

namespace sluice::hook {

// A name that turns into a pointer to the function that the program would call without the hooks.
struct Found {
  const char* name;
  template <class F>
  operator F*() const noexcept {
    return reinterpret_cast<F*>(find());
  }

 private:
  void* find() const noexcept;
};

struct Real {
  decltype(&::read) read = Found{"read"};
  decltype(&::readv) readv = Found{"readv"};
  decltype(&::write) write = Found{"write"};
  decltype(&::writev) writev = Found{"writev"};
  decltype(&::recv) recv = Found{"recv"};
  decltype(&::recvfrom) recvfrom = Found{"recvfrom"};
  decltype(&::recvmsg) recvmsg = Found{"recvmsg"};
  decltype(&::send) send = Found{"send"};
  decltype(&::sendto) sendto = Found{"sendto"};
  decltype(&::sendmsg) sendmsg = Found{"sendmsg"};
  decltype(&::accept) accept = Found{"accept"};
  decltype(&::accept4) accept4 = Found{"accept4"};
  decltype(&::connect) connect = Found{"connect"};
  decltype(&::close) close = Found{"close"};
  decltype(&::dup2) dup2 = Found{"dup2"};
  decltype(&::dup3) dup3 = Found{"dup3"};
  decltype(&::poll) poll = Found{"poll"};
  decltype(&::ppoll) ppoll = Found{"ppoll"};
  decltype(&::select) select = Found{"select"};
  decltype(&::pselect) pselect = Found{"pselect"};
  decltype(&::nanosleep) nanosleep = Found{"nanosleep"};
  decltype(&::clock_nanosleep) clock_nanosleep = Found{"clock_nanosleep"};
  decltype(&::usleep) usleep = Found{"usleep"};
  decltype(&::sleep) sleep = Found{"sleep"};
  decltype(&::getaddrinfo) getaddrinfo = Found{"getaddrinfo"};
  decltype(&::getnameinfo) getnameinfo = Found{"getnameinfo"};
};

const Real& real() noexcept;

}  // namespace sluice::hook

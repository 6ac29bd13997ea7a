#include "route.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>
#include <system_error>

namespace lenet_distributed {
namespace {

std::string numeric(const sockaddr* address, socklen_t length) {
  char text[NI_MAXHOST];
  const int failure = getnameinfo(address, length, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  if (failure != 0) throw std::runtime_error(gai_strerror(failure));
  return text;
}

// "" where there is no route to this address.
std::string sourceFor(const addrinfo& target) {
  const int fd = socket(target.ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return "";
  sockaddr_storage local{};
  socklen_t length = sizeof local;
  const bool found = connect(fd, target.ai_addr, target.ai_addrlen) == 0 &&
                     getsockname(fd, reinterpret_cast<sockaddr*>(&local), &length) == 0;
  close(fd);
  return found ? numeric(reinterpret_cast<const sockaddr*>(&local), length) : "";
}

}  // namespace

std::string addressTowards(const std::string& host, std::uint16_t port) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* targets = nullptr;
  const int failure = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &targets);
  if (failure != 0) throw std::runtime_error(host + ": " + gai_strerror(failure));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(targets, freeaddrinfo);
  int error = 0;
  for (const addrinfo* target = targets; target != nullptr; target = target->ai_next) {
    if (const auto source = sourceFor(*target); !source.empty()) return source;
    error = errno;
  }
  throw std::runtime_error("no route to " + host + ": " + std::generic_category().message(error));
}

}  // namespace lenet_distributed

// Which address of this machine its packets to another one leave from.
#pragma once

#include <cstdint>
#include <string>

namespace lenet_distributed {

// Numeric, IPv4 or IPv6. Nothing is sent: connecting a datagram socket only asks the routing table.
// Throws std::runtime_error where the name cannot be resolved or there is no route.
std::string addressTowards(const std::string& host, std::uint16_t port);

}  // namespace lenet_distributed

// Declarations only, see ../context.h. c10d's GlooStore derives from this; its constructor and its
// table of virtual functions must never be emitted here (test/distributed/symbols.test.ts looks):
// libtorch's own order of them is not known to this file, and GLOO_STORE_HAS_STORE_V2 is left
// undefined for the same reason.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gloo::rendezvous {

class Store {
 public:
  virtual ~Store();
  virtual void set(const std::string& key, const std::vector<char>& value) = 0;
  virtual std::vector<char> get(const std::string& key) = 0;
  virtual void wait(const std::vector<std::string>& keys) = 0;
  virtual void wait(const std::vector<std::string>& keys,
                    const std::chrono::milliseconds& timeout) = 0;
};

}  // namespace gloo::rendezvous

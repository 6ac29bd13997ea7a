// A shared library that is opened at run time. Each kind derives, and its functions are fields:
// `decltype(&sun_rise) rise = function("sun_rise");`
#pragma once

#include <map>
#include <mutex>
#include <string>

namespace lenet_torch {

// Of an engine's library that cannot be used.
inline constexpr const char* kUnsupported = "ERR_ENGINE_UNSUPPORTED";

class Library {
 public:
  Library(const Library&) = delete;

 protected:
  // How errors call the library, and their code; which of its functions, an int(), says the version
  // of its interface (null: none does), and the version that is known here.
  struct About {
    const char* what;
    const char* code;
    const char* abi;
    int version;
  };

  // An address that becomes whatever type of function it is assigned to.
  struct Function {
    void* address;
    template <typename Type>
    operator Type*() const {
      return reinterpret_cast<Type*>(address);
    }
  };

  // `path`: a file, or a name that the dynamic linker looks for. Throws a CodedError where it does
  // not load or is of another version; asks for that before any other function is looked up.
  Library(About about, const std::string& path);

  // Throws a CodedError where the library does not have it.
  Function function(const char* name) const;
  [[noreturn]] void refuse(const std::string& why) const;

 private:
  const About about_;
  const std::string path_;
  void* const handle_;
};

// The library of that kind and path, opened by whichever thread is the first to ask; it stays open.
template <typename Kind>
const Kind& opened(const std::string& path) {
  static std::mutex mutex;
  static auto& libraries = *new std::map<std::string, Kind>;
  const std::lock_guard<std::mutex> lock(mutex);
  return libraries.try_emplace(path, path).first->second;
}

}  // namespace lenet_torch

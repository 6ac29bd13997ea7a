// A tiny addon without libtorch: opens shared libraries globally, so that the main addon's needs
// resolve by soname without LD_LIBRARY_PATH. Plain C interface: it must load where nothing else
// does.
#define NAPI_VERSION 8
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <node_api.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <mutex>
#include <string>

namespace {

std::string textArgument(napi_env env, napi_callback_info info) {
  size_t count = 1;
  napi_value argument = nullptr;
  size_t length = 0;
  if (napi_get_cb_info(env, info, &count, &argument, nullptr, nullptr) != napi_ok || count < 1 ||
      napi_get_value_string_utf8(env, argument, nullptr, 0, &length) != napi_ok) {
    napi_throw_type_error(env, "ERR_INVALID_ARG", "path: expected string");
    return {};
  }
  std::string text(length, '\0');
  napi_get_value_string_utf8(env, argument, text.data(), length + 1, &length);
  return text;
}

// open(path): null, or what the dynamic linker says.
napi_value open(napi_env env, napi_callback_info info) {
  const std::string path = textArgument(env, info);
  napi_value result = nullptr;
  if (path.empty()) return nullptr;
  if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
    napi_create_string_utf8(env, dlerror(), NAPI_AUTO_LENGTH, &result);
  } else {
    napi_get_null(env, &result);
  }
  return result;
}

struct Search {
  std::string name;  // of the file, without folders
  std::string found;
};

int lookAt(dl_phdr_info* library, size_t, void* data) {
  auto& search = *static_cast<Search*>(data);
  const std::string path = library->dlpi_name;
  const auto slash = path.rfind('/');
  if (slash == std::string::npos || path.compare(slash + 1, std::string::npos, search.name) != 0) {
    return 0;
  }
  search.found = path;
  return 1;
}

bool isSameFile(const std::string& a, const std::string& b) {
  // Not stat, which the libraries of libtorch's oldest systems have under another name.
  struct statx first{}, second{};
  const auto look = [](const std::string& path, struct statx& found) {
    return statx(AT_FDCWD, path.c_str(), 0, STATX_INO, &found) == 0;
  };
  return look(a, first) && look(b, second) && first.stx_ino == second.stx_ino &&
         first.stx_dev_major == second.stx_dev_major && first.stx_dev_minor == second.stx_dev_minor;
}

// openOnly(path): null, or the path of another library of that file name, which this process has
// loaded for another thread or another package. Without one the library is opened at once, before
// another thread looks: two copies of libtorch abort the process.
napi_value openOnly(napi_env env, napi_callback_info info) {
  static std::mutex mutex;
  const std::lock_guard<std::mutex> lock(mutex);
  const std::string path = textArgument(env, info);
  if (path.empty()) return nullptr;
  Search search{path.substr(path.rfind('/') + 1), {}};
  dl_iterate_phdr(lookAt, &search);
  napi_value result = nullptr;
  if (!search.found.empty() && !isSameFile(search.found, path)) {
    napi_create_string_utf8(env, search.found.c_str(), NAPI_AUTO_LENGTH, &result);
    return result;
  }
  // A failure is told by the next call of open.
  dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL);
  napi_get_null(env, &result);
  return result;
}

// Whether addresses have been filled into code, too, which its file does not hold.
bool isCodeChanged(const dl_phdr_info& library) {
  for (ElfW(Half) i = 0; i < library.dlpi_phnum; i++) {
    if (library.dlpi_phdr[i].p_type != PT_DYNAMIC) continue;
    const auto address = library.dlpi_addr + library.dlpi_phdr[i].p_vaddr;
    for (auto* entry = reinterpret_cast<const ElfW(Dyn)*>(address); entry->d_tag != DT_NULL;
         entry++) {
      if (entry->d_tag == DT_TEXTREL) return true;
      if (entry->d_tag == DT_FLAGS && (entry->d_un.d_val & DF_TEXTREL) != 0) return true;
    }
  }
  return false;
}

int leavePages(dl_phdr_info* library, size_t, void* data) {
  const auto& path = *static_cast<const std::string*>(data);
  if (!isSameFile(library->dlpi_name, path)) return 0;
  if (isCodeChanged(*library)) return 1;
  const auto page = static_cast<ElfW(Addr)>(sysconf(_SC_PAGESIZE));
  for (ElfW(Half) i = 0; i < library->dlpi_phnum; i++) {
    const auto& part = library->dlpi_phdr[i];
    // What can be written to has been: addresses are filled in at the start.
    if (part.p_type != PT_LOAD || (part.p_flags & PF_W) != 0) continue;
    const auto begin = (library->dlpi_addr + part.p_vaddr + page - 1) & ~(page - 1);
    const auto end = (library->dlpi_addr + part.p_vaddr + part.p_memsz) & ~(page - 1);
    if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 1;
}

// leave(path): gives back the pages of a library's code and constants. Much of what was read at its
// start, symbols and what registers thousands of operators, is never read again; what is, is mapped
// again when it is met.
napi_value leave(napi_env env, napi_callback_info info) {
  std::string path = textArgument(env, info);
  if (!path.empty()) dl_iterate_phdr(leavePages, &path);
  return nullptr;
}

void define(napi_env env, napi_value exports, const char* name, napi_callback callback) {
  napi_value function = nullptr;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, callback, nullptr, &function);
  napi_set_named_property(env, exports, name, function);
}

}  // namespace

NAPI_MODULE_INIT() {
  define(env, exports, "open", open);
  define(env, exports, "openOnly", openOnly);
  define(env, exports, "leave", leave);
  return exports;
}

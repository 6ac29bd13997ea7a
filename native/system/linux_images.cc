#include <fcntl.h>
#include <link.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "images.h"

namespace lenet_torch {
namespace {

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

}  // namespace

std::string loadedLibrary(const std::string& name) {
  Search search{name, {}};
  dl_iterate_phdr(lookAt, &search);
  return search.found;
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

void leaveLibrary(const std::string& path) {
  auto searched = path;
  dl_iterate_phdr(leavePages, &searched);
}

}  // namespace lenet_torch

// Included before everything else in every file. A linker takes the newest version of a symbol that
// the build machine's libraries have; these lines ask for the oldest, so that the binaries load
// with the glibc 2.28 and the libstdc++ that libtorch's own wheels need, and not with newer ones
// only.
#pragma once

#include <features.h>

#if defined(__GLIBC__) && (defined(__x86_64__) || defined(__aarch64__))
#define LENET_TORCH_SYMBOL(name, old) __asm__(".symver " name "," old)
// glibc's first version for the processor.
#if defined(__x86_64__)
#define LENET_TORCH_GLIBC "GLIBC_2.2.5"
#else
#define LENET_TORCH_GLIBC "GLIBC_2.17"
#endif

// glibc 2.34 moved these from libdl and libpthread into libc; a Node.js that runs on an older glibc
// has loaded both.
LENET_TORCH_SYMBOL("dlopen", "dlopen@" LENET_TORCH_GLIBC);
LENET_TORCH_SYMBOL("dlsym", "dlsym@" LENET_TORCH_GLIBC);
LENET_TORCH_SYMBOL("dlerror", "dlerror@" LENET_TORCH_GLIBC);
LENET_TORCH_SYMBOL("pthread_create", "pthread_create@" LENET_TORCH_GLIBC);
LENET_TORCH_SYMBOL("pthread_once", "pthread_once@" LENET_TORCH_GLIBC);
LENET_TORCH_SYMBOL("pthread_mutex_trylock", "pthread_mutex_trylock@" LENET_TORCH_GLIBC);

// glibc 2.29 has variants that do not set errno; the computation is the same.
LENET_TORCH_SYMBOL("pow", "pow@" LENET_TORCH_GLIBC);
LENET_TORCH_SYMBOL("log", "log@" LENET_TORCH_GLIBC);
LENET_TORCH_SYMBOL("exp", "exp@" LENET_TORCH_GLIBC);

// std::condition_variable::wait, to which GCC 12 gave a second version.
LENET_TORCH_SYMBOL("_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE",
                   "_ZNSt18condition_variable4waitERSt11unique_lockISt5mutexE@GLIBCXX_3.4.11");

// std::stringbuf::str() const &, as C++20 mangles it: C++11's has the same arguments and result.
LENET_TORCH_SYMBOL(
    "_ZNKRSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEE3strEv",
    "_ZNKSt7__cxx1115basic_stringbufIcSt11char_traitsIcESaIcEE3strEv@GLIBCXX_3.4.21");

#undef LENET_TORCH_GLIBC
#undef LENET_TORCH_SYMBOL
#endif

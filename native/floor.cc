// libstdc++'s reference counts skip atomic operations where this variable of glibc 2.32 says that
// the process has one thread. Here they are always atomic, which older versions allow too.
extern "C" {
__attribute__((visibility("hidden"))) char __libc_single_threaded = 0;
}

// For inUse.ts: how many bytes this process has from malloc and has not given back. Resident memory would
// tell of pages that the allocator keeps, that V8 takes in steps and that the kernel joins, up to 20 MB of chance.
#include <malloc.h>
#include <node_api.h>

static napi_value in_use(napi_env env, napi_callback_info info) {
  struct mallinfo2 all = mallinfo2();
  napi_value bytes;
  napi_create_double(env, (double)(all.uordblks + all.hblkhd), &bytes);
  return bytes;
}

NAPI_MODULE_INIT() {
  napi_value function;
  napi_create_function(env, "inUse", NAPI_AUTO_LENGTH, in_use, NULL, &function);
  return function;
}

// Declarations only: what c10d's header for NCCL names of NCCL's own, which comes in 200 MB for
// each libtorch. No function of NCCL's is called by name: c10d, in libtorch_cuda, does that. What
// counts is how long ncclConfig_t is, since c10d's options have one; nccl.cc asks libtorch whether
// it is right.
#pragma once

#include <cuda_runtime_api.h>
#include <torch/csrc/api/include/torch/version.h>

#define NCCL_VERSION(major, minor, patch) ((major) * 10000 + (minor) * 100 + (patch))
// Which one a libtorch has, and how many integers are at the end of its configuration.
#if TORCH_VERSION_MINOR < 11
#define NCCL_VERSION_CODE NCCL_VERSION(2, 27, 5)
#define LENET_NCCL_CONFIG_END 4
#elif TORCH_VERSION_MINOR < 15
#define NCCL_VERSION_CODE NCCL_VERSION(2, 28, 9)
#define LENET_NCCL_CONFIG_END 6
#else
#define NCCL_VERSION_CODE NCCL_VERSION(2, 30, 7)
#define LENET_NCCL_CONFIG_END 10
#endif

#define NCCL_SPLIT_NOCOLOR (-1)
#define NCCL_CONFIG_INITIALIZER \
  {                             \
  }

typedef struct ncclComm* ncclComm_t;
typedef struct ncclUniqueId ncclUniqueId;
typedef enum { ncclSuccess = 0, ncclInProgress = 7 } ncclResult_t;
typedef enum { ncclSum = 0 } ncclRedOp_t;

typedef struct ncclConfig {
  size_t size;
  unsigned int magic, version;
  int blocking, cgaClusterSize, minCTAs, maxCTAs;
  const char* netName;
  int splitShare, trafficClass;
  const char* commName;
  int end[LENET_NCCL_CONFIG_END];
} ncclConfig_t;

typedef enum {
  ncclInt8 = 0,
  ncclUint8 = 1,
  ncclInt32 = 2,
  ncclInt64 = 4,
  ncclHalf = 6,
  ncclFloat = 7,
  ncclDouble = 8,
  ncclBfloat16 = 9,
  ncclFloat8e4m3 = 10,
  ncclFloat8e5m2 = 11,
} ncclDataType_t;

ncclResult_t ncclRedOpDestroy(ncclRedOp_t op, ncclComm_t comm);

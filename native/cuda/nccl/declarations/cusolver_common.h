// A declaration only: what libtorch's headers for CUDA name of it.
#pragma once
typedef enum { CUSOLVER_STATUS_SUCCESS = 0 } cusolverStatus_t;

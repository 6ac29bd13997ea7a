// A declaration only: what libtorch's headers for CUDA name of it.
#pragma once
typedef struct cusolverDnContext* cusolverDnHandle_t;

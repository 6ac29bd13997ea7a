/*
 * The fused engine: trains and evaluates small networks, described as a list of layers, on the CPU.
 *
 * This is the whole interface. It is plain C, so that the library can be opened at run time
 * (dlopen), one build per instruction set, without libtorch and without Node. docs/engine.md
 * explains what happens behind it.
 *
 * Life of an engine:
 *   lenet_fused_create → lenet_fused_load (parameters) → lenet_fused_set_optimizer
 *   → lenet_fused_load (optimizer state, if any) → lenet_fused_train … → lenet_fused_store
 *   → lenet_fused_destroy.
 *
 * Conventions
 *   - Every function that can fail returns a lenet_fused_status; the sentence that goes with it is
 *     lenet_fused_message(), kept per thread until that thread's next failing call.
 *   - A network's tensors are always in state_dict order, two for each convolution and linear
 * layer: weight, bias. They are contiguous float32 in PyTorch's layouts: (out, in, kernel, kernel)
 * for convolutions, (out, in) for linear layers. An absent bias is NULL.
 *   - An engine owns its threads and a packed copy of what is loaded; nothing the caller passes is
 *     kept after a call returns.
 *   - Any number of threads may evaluate and predict at once. Training, loading and setting exclude
 *     everything else: what comes at the wrong time gets LENET_FUSED_BUSY, it does not wait.
 */
#ifndef LENET_FUSED_ENGINE_H_
#define LENET_FUSED_ENGINE_H_

#include <stdint.h>

/* Raised whenever a struct or a meaning below changes; compare with lenet_fused_abi(). */
#define LENET_FUSED_ABI 6

/* Bounds of what the engine accepts; anything else is LENET_FUSED_UNSUPPORTED. */
#define LENET_FUSED_MAX_LAYERS 32
#define LENET_FUSED_MAX_IN_CHANNELS 16
#define LENET_FUSED_MAX_CHANNELS 256
#define LENET_FUSED_MAX_SIDE 64 /* pixels, before padding */
#define LENET_FUSED_MAX_FEATURES 16384
#define LENET_FUSED_MAX_VALUES 262144 /* of one image, between two layers */
#define LENET_FUSED_MAX_THREADS 256

#if defined(__GNUC__)
#define LENET_FUSED_API __attribute__((visibility("default")))
#else
#define LENET_FUSED_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct lenet_fused_engine lenet_fused_engine;

typedef enum {
  LENET_FUSED_OK = 0,
  LENET_FUSED_INVALID = 1,     /* an argument is missing or makes no sense */
  LENET_FUSED_UNSUPPORTED = 2, /* a network outside the bounds above */
  LENET_FUSED_BUSY = 3,        /* the engine is training, or in use while training was asked for */
  LENET_FUSED_NO_MEMORY = 4,
  LENET_FUSED_LABEL_RANGE = 5, /* a label is not in 0 … classes − 1; nothing was changed */
  LENET_FUSED_INDEX_RANGE =
      6,                  /* an index of `order` is not in 0 … count − 1; nothing was changed */
  LENET_FUSED_FAILED = 7, /* the system refused something, threads for instance */
  LENET_FUSED_NOT_AVERAGED = 8 /* lenet_fused_peers.average failed; earlier steps are done */
} lenet_fused_status;

typedef enum {
  LENET_FUSED_IDENTITY = 0,
  LENET_FUSED_SIGMOID = 1,
  LENET_FUSED_RELU = 2,
  LENET_FUSED_TANH = 3,
  LENET_FUSED_LEAKY_RELU = 4, /* x > 0 ? x : slope · x, slope ≥ 0 */
  LENET_FUSED_GELU = 5,       /* x · Φ(x) */
  LENET_FUSED_GELU_TANH = 6,  /* its approximation by tanh */
  LENET_FUSED_SILU = 7        /* x · sigmoid(x) */
} lenet_fused_activation;

/* With the fields of a layer that it reads. */
typedef enum {
  LENET_FUSED_CONVOLUTION = 0,  /* outputs, kernel, stride, padding, bias */
  LENET_FUSED_MAX_POOL = 1,     /* kernel, stride */
  LENET_FUSED_AVERAGE_POOL = 2, /* kernel, stride */
  LENET_FUSED_ACTIVATE = 3,     /* activation, slope */
  LENET_FUSED_LINEAR = 4        /* outputs, bias; the first one flattens what comes before it */
} lenet_fused_kind;

typedef struct {
  int32_t kind;       /* lenet_fused_kind */
  int32_t outputs;    /* channels or features; the inputs are what comes before */
  int32_t kernel;     /* pixels, square */
  int32_t stride;     /* pixels */
  int32_t padding;    /* pixels of zeros on each side */
  int32_t bias;       /* 1 if there is one */
  int32_t activation; /* lenet_fused_activation */
  float slope;        /* LEAKY_RELU */
} lenet_fused_layer;

/* Layers in the order in which they are applied; the last is linear, and gives the logits. */
typedef struct {
  int32_t channels; /* of the input image */
  int32_t height;   /* pixels */
  int32_t width;
  int32_t count; /* of the layers */
  lenet_fused_layer layers[LENET_FUSED_MAX_LAYERS];
} lenet_fused_network;

typedef enum {
  LENET_FUSED_SGD = 0,
  LENET_FUSED_ADAM = 1,
  LENET_FUSED_ADAMW = 2 /* Adam whose weight_decay does not go through the moments */
} lenet_fused_algorithm;

/* torch.optim.SGD, Adam and AdamW of PyTorch 2.11, one parameter group, no amsgrad. */
typedef struct {
  int32_t algorithm; /* lenet_fused_algorithm */
  int32_t nesterov;  /* SGD */
  double lr;
  double weight_decay;
  double beta1, beta2, eps;   /* Adam, AdamW */
  double momentum, dampening; /* SGD */
} lenet_fused_optimizer;

/* What lenet_fused_load and lenet_fused_store move. */
typedef enum {
  LENET_FUSED_PARAMETERS = 0,
  LENET_FUSED_EXP_AVG = 1,    /* Adam, AdamW: first moment */
  LENET_FUSED_EXP_AVG_SQ = 2, /* the same: second moment */
  LENET_FUSED_MOMENTUM = 3    /* SGD: momentum_buffer */
} lenet_fused_state;

typedef enum {
  LENET_FUSED_UINT8 = 0,
  LENET_FUSED_FLOAT32 = 1,
  LENET_FUSED_INT64 = 2
} lenet_fused_dtype;

/* A data set in memory. Image i is channels × height × width values, row-major. */
typedef struct {
  const void* images;
  const void* labels;  /* may be NULL for lenet_fused_predict */
  int64_t count;       /* images in the data set */
  int32_t image_dtype; /* UINT8 or FLOAT32 */
  int32_t label_dtype; /* UINT8 or INT64 */
  const float* table;  /* UINT8: the 256 values that bytes stand for; NULL: byte / 255 */
} lenet_fused_data;

/*
 * Shared between a running call and other threads; read and write it with atomic operations.
 * Training looks at `stop` before each batch, evaluation before each piece of at most 128 images.
 */
typedef struct {
  int32_t stop;    /* set to 1 to stop at the next step boundary */
  int64_t batches; /* progress of the running call: counted up from 0 */
  int64_t samples;
  int64_t correct;
  double loss; /* sum over batches of the batch's mean loss */
} lenet_fused_control;

typedef struct {
  double loss;     /* training: sum of the batches' mean losses; evaluation: sum over the samples */
  int64_t correct; /* samples whose largest logit is the label's; training: before each update */
  int64_t batches;
  int64_t samples;
  int32_t stopped; /* 1 if `stop` ended the call early */
} lenet_fused_result;

/*
 * Other processes that train the same parameters on other data, each with an engine of its own.
 *
 * `average` is called once in each step, on the thread that called lenet_fused_train, and has to
 * replace each value by its mean over the processes; 0 means that it did, and any other number that
 * it failed, so that the step is not taken. It may block; it must not throw, nor call this engine.
 * The values are the gradient of the process's own batch mean, so that each process counts the same
 * however large its batch is: the network's tensors in their order, without padding, whatever the
 * instruction set, an absent bias taking no room. Behind them one value more is 1 in a process that
 * was asked to stop and 0 in the others: where its mean is above 0, all stop after this step.
 */
typedef struct {
  int32_t (*average)(float* values, int64_t count, void* context);
  void* context;
} lenet_fused_peers;

LENET_FUSED_API int32_t lenet_fused_abi(void);
/* "avx512", "avx2" or "portable". */
LENET_FUSED_API const char* lenet_fused_isa(void);
/* Whether this processor has the instructions; ask before anything else of the library. */
LENET_FUSED_API int32_t lenet_fused_supported(void);
LENET_FUSED_API const char* lenet_fused_message(void);

/* An engine with `threads` threads, the caller's included. All parameters start as zero. */
LENET_FUSED_API lenet_fused_status lenet_fused_create(const lenet_fused_network* network,
                                                      int32_t threads, lenet_fused_engine** engine);
LENET_FUSED_API void lenet_fused_destroy(lenet_fused_engine* engine);

/*
 * How many tensors the network has; writes how many values each has, 0 for an absent bias, as far
 * as `capacity` goes.
 */
LENET_FUSED_API int32_t lenet_fused_tensors(const lenet_fused_engine* engine, int64_t* values,
                                            int32_t capacity);

/* Packs the network's tensors into the engine; unpacks them into the caller's. */
LENET_FUSED_API lenet_fused_status lenet_fused_load(lenet_fused_engine* engine, int32_t state,
                                                    const float* const* tensors);
LENET_FUSED_API lenet_fused_status lenet_fused_store(lenet_fused_engine* engine, int32_t state,
                                                     float* const* tensors);

/*
 * Sets the optimizer, and the number of steps already taken (PyTorch's `step`; for SGD with
 * momentum 0 means that there is no momentum buffer yet). State is kept while the algorithm stays,
 * and forgotten with 0 steps.
 * `groups`: one or several parameter groups, of one algorithm, either all with momentum or none.
 * `group_of`: the group of each of the network's tensors; NULL: all are in the first.
 */
LENET_FUSED_API lenet_fused_status lenet_fused_set_optimizer(lenet_fused_engine* engine,
                                                             const lenet_fused_optimizer* groups,
                                                             int32_t group_count,
                                                             const int32_t* group_of,
                                                             int64_t steps);
LENET_FUSED_API int64_t lenet_fused_steps(const lenet_fused_engine* engine);

/*
 * One optimizer step per `batch_size` indices of order[0 … order_count), the last smaller batch
 * included; mean cross-entropy. `order` NULL: the data set's own order, order_count images.
 * A call may cover an epoch or one batch: calling again with the rest of the order goes on.
 * `losses`: NULL, or room for the mean loss of each batch. Added up in their order they give the
 * same bits however an epoch was divided into calls.
 * `peers`: NULL, or who averages the gradients. Then `stop` is no longer looked at before a step
 * but travels with its gradient, `stopped` says whether all have agreed to stop, after the last
 * step too, and losses and counts are those of this process's own data. If averaging fails,
 * `result` and the engine are as they were after the last step that was taken.
 */
LENET_FUSED_API lenet_fused_status lenet_fused_train(
    lenet_fused_engine* engine, const lenet_fused_data* data, const int64_t* order,
    int64_t order_count, int64_t batch_size, double* losses, const lenet_fused_peers* peers,
    lenet_fused_control* control, lenet_fused_result* result);

/* Counts correct predictions and adds up losses, without learning. */
LENET_FUSED_API lenet_fused_status lenet_fused_evaluate(lenet_fused_engine* engine,
                                                        const lenet_fused_data* data,
                                                        const int64_t* order, int64_t order_count,
                                                        lenet_fused_control* control,
                                                        lenet_fused_result* result);

/* Logits, order_count × classes, row-major. */
LENET_FUSED_API lenet_fused_status lenet_fused_predict(lenet_fused_engine* engine,
                                                       const lenet_fused_data* data,
                                                       const int64_t* order, int64_t order_count,
                                                       float* logits);

/* About how many multiply-adds the logits of one image take, everything counted as such. */
LENET_FUSED_API int64_t lenet_fused_work(const lenet_fused_engine* engine);

/* Gradients of the mean cross-entropy of one batch; changes nothing in the engine. */
LENET_FUSED_API lenet_fused_status lenet_fused_gradients(lenet_fused_engine* engine,
                                                         const lenet_fused_data* data,
                                                         const int64_t* order, int64_t order_count,
                                                         float* const* gradients,
                                                         lenet_fused_result* result);

/*
 * 1: convolve forward straight from the definition, 0 (as an engine begins): by the faster methods
 * that docs/engine.md explains, whose results differ by rounding. For tests, which compare both.
 */
LENET_FUSED_API lenet_fused_status lenet_fused_convolve_directly(lenet_fused_engine* engine,
                                                                 int32_t on);

/* Measures what the processor can do: float32 FMA GFLOP/s, `threads` threads for `seconds`. */
LENET_FUSED_API double lenet_fused_fma_peak(int32_t threads, double seconds);

/*
 * Seconds that the first thread spent in each stage since the last call of this function, which
 * also turns the measuring on (1) or off (0). Writes at most `capacity` values, returns the number
 * of stages; lenet_fused_stage_name(i) names them.
 */
LENET_FUSED_API int32_t lenet_fused_profile(lenet_fused_engine* engine, int32_t on, double* seconds,
                                            int32_t capacity);
LENET_FUSED_API const char* lenet_fused_stage_name(int32_t stage);

#ifdef __cplusplus
}
#endif

#endif /* LENET_FUSED_ENGINE_H_ */

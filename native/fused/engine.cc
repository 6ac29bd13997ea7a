// The C interface: checks arguments, excludes calls from each other, turns exceptions into codes.
#include "engine.h"

#include <atomic>
#include <cstring>
#include <new>
#include <string>

#include "check.h"
#include "control.h"
#include "convolution_rows.h"
#include "convolution_tiles.h"
#include "inference.h"
#include "layered_single.h"
#include "network.h"
#include "parameters.h"
#include "training.h"

using namespace lenet;

namespace {

Model make_model(std::vector<Layer> layers) {
  Model model(std::move(layers));
  if (!model.is_lenet()) {
    model.taps = empty_taps(model.layers);
    return model;
  }
  const Conv &first = model.shape.conv[0], &second = model.shape.conv[1];
  model.filters = Buffer<float>(filters_size(second, model.pooling(1)));
  model.points[0] = Buffer<float>(row_filters_size(first));
  model.points[1] = Buffer<float>(tile_filters_size(second));
  for (int i = 0; i < 2; ++i) {
    const Conv& conv = model.shape.conv[i];
    model.taps.emplace_back(static_cast<size_t>(kTaps) * conv.in_channels * conv.out_stride);
  }
  return model;
}

void pack_all_taps(Model& model) {
  ++model.version;
  if (!model.is_lenet()) return pack_layer_taps(model);
  for (int i = 0; i < 2; ++i) {
    pack_taps(model.shape.conv[i], model.tensor(2 * i), model.taps[i].data());
  }
}

}  // namespace

struct lenet_fused_engine {
  lenet_fused_engine(std::vector<Layer> layers, int threads)
      : model(make_model(std::move(layers))), team(threads), inference(model, team) {}

  Trainer& trainer() {
    if (!trainer_) trainer_ = std::make_unique<Trainer>(model, team);
    return *trainer_;
  }

  Model model;
  Team team;
  Optimizer optimizer;
  Inference inference;
  std::atomic<int> users{0};  // evaluations and predictions at work; −1: one call that excludes all

 private:
  std::unique_ptr<Trainer> trainer_;  // made by the first training: a server may never train
};

namespace {

thread_local std::string last_message;

lenet_fused_status fail(lenet_fused_status status, std::string message) {
  last_message = std::move(message);
  return status;
}

// The right to use an engine for the length of a call, alone or together with other readers.
class Lease {
 public:
  Lease(lenet_fused_engine* engine, bool alone) : users_(engine->users), alone_(alone) {
    int seen = users_.load(std::memory_order_relaxed);
    do {
      granted_ = alone ? seen == 0 : seen >= 0;
    } while (granted_ &&
             !users_.compare_exchange_weak(seen, alone ? -1 : seen + 1, std::memory_order_acquire));
  }
  ~Lease() {
    if (granted_) users_.fetch_add(alone_ ? 1 : -1, std::memory_order_release);
  }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;
  bool granted() const { return granted_; }

 private:
  std::atomic<int>& users_;
  bool alone_, granted_;
};

// Runs `body` under a lease: the only place that catches.
template <class Body>
lenet_fused_status guarded(lenet_fused_engine* engine, bool alone, Body body) {
  try {
    if (!engine) return fail(LENET_FUSED_INVALID, "engine is NULL");
    const Lease lease(engine, alone);
    if (!lease.granted()) {
      return fail(LENET_FUSED_BUSY, alone ? "the engine is in use" : "the engine is training");
    }
    return body();
  } catch (const std::bad_alloc&) {
    return fail(LENET_FUSED_NO_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(LENET_FUSED_FAILED, error.what());
  }
}

// Checks data and order, then runs `body` with them under a lease.
template <class Body>
lenet_fused_status with_batch(lenet_fused_engine* engine, bool alone, const Request& request,
                              Body body) {
  return guarded(engine, alone, [&] {
    std::string why;
    const lenet_fused_status status = check(request, engine->model.classes(), &why);
    if (status != LENET_FUSED_OK) return fail(status, std::move(why));
    // Dividing is faster than looking up, and gives the same.
    const float* table = request.data->table;
    if (table && std::memcmp(table, byte_over_255(), 256 * sizeof(float)) == 0) table = nullptr;
    lenet_fused_result ignored;
    return body(Batch{request.data, table, request.order},
                request.result ? request.result : &ignored);
  });
}

void reset(lenet_fused_control* control) { publish(control, lenet_fused_result{}); }

}  // namespace

extern "C" {

int32_t lenet_fused_abi(void) { return LENET_FUSED_ABI; }

const char* lenet_fused_isa(void) { return LENET_FUSED_ISA; }

const char* lenet_fused_message(void) { return last_message.c_str(); }

lenet_fused_status lenet_fused_create(const lenet_fused_network* network, int32_t threads,
                                      lenet_fused_engine** engine) {
  if (!network || !engine) return fail(LENET_FUSED_INVALID, "network or engine is NULL");
  *engine = nullptr;
  if (threads < 1 || threads > LENET_FUSED_MAX_THREADS) {
    return fail(LENET_FUSED_INVALID, "threads is " + std::to_string(threads) + ", expected 1 to " +
                                         std::to_string(LENET_FUSED_MAX_THREADS));
  }
  try {
    std::vector<Layer> layers;
    std::string why = read_layers(*network, &layers);
    if (!why.empty()) return fail(LENET_FUSED_UNSUPPORTED, std::move(why));
    *engine = new lenet_fused_engine(std::move(layers), threads);
    return LENET_FUSED_OK;
  } catch (const std::bad_alloc&) {
    return fail(LENET_FUSED_NO_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return fail(LENET_FUSED_FAILED, std::string("cannot start threads: ") + error.what());
  }
}

void lenet_fused_destroy(lenet_fused_engine* engine) { delete engine; }

int32_t lenet_fused_tensors(const lenet_fused_engine* engine, int64_t* values, int32_t capacity) {
  if (!engine) return 0;
  const auto& sections = engine->model.layout.sections;
  const int count = static_cast<int>(sections.size());
  for (int t = 0; t < count && t < capacity; ++t) values[t] = sections[t].values;
  return count;
}

lenet_fused_status lenet_fused_load(lenet_fused_engine* engine, int32_t state,
                                    const float* const* tensors) {
  return guarded(engine, true, [&] {
    float* packed = state_of(engine->model, engine->optimizer, state);
    if (!packed || !tensors) return fail(LENET_FUSED_INVALID, "no such state to load");
    std::string why = missing_tensor(engine->model.layout, tensors);
    if (!why.empty()) return fail(LENET_FUSED_INVALID, std::move(why));
    pack(engine->model.layout, tensors, packed);
    if (state == LENET_FUSED_PARAMETERS) {
      pack_for_training(engine->model);
      pack_all_taps(engine->model);
    }
    return LENET_FUSED_OK;
  });
}

lenet_fused_status lenet_fused_store(lenet_fused_engine* engine, int32_t state,
                                     float* const* tensors) {
  return guarded(engine, false, [&] {
    const float* packed = state_of(engine->model, engine->optimizer, state);
    if (!packed || !tensors) return fail(LENET_FUSED_INVALID, "no such state to store");
    unpack(engine->model.layout, packed, tensors);
    return LENET_FUSED_OK;
  });
}

lenet_fused_status lenet_fused_set_optimizer(lenet_fused_engine* engine,
                                             const lenet_fused_optimizer* groups,
                                             int32_t group_count, const int32_t* group_of,
                                             int64_t steps) {
  return guarded(engine, true, [&] {
    const Layout& layout = engine->model.layout;
    std::string why = unusable(groups, group_count, group_of, steps, layout);
    if (!why.empty()) return fail(LENET_FUSED_INVALID, std::move(why));
    engine->optimizer.configure(groups, group_of, steps, layout);
    return LENET_FUSED_OK;
  });
}

int64_t lenet_fused_steps(const lenet_fused_engine* engine) {
  return engine ? engine->optimizer.steps() : 0;
}

lenet_fused_status lenet_fused_train(lenet_fused_engine* engine, const lenet_fused_data* data,
                                     const int64_t* order, int64_t order_count, int64_t batch_size,
                                     double* losses, const lenet_fused_peers* peers,
                                     lenet_fused_control* control, lenet_fused_result* result) {
  const Request request{data, order, order_count, true, result};
  return with_batch(engine, true, request, [&](const Batch& batch, lenet_fused_result* out) {
    if (batch_size < 1) return fail(LENET_FUSED_INVALID, "batch_size is less than 1");
    if (!engine->optimizer.configured()) return fail(LENET_FUSED_INVALID, "no optimizer is set");
    if (peers && !peers->average) return fail(LENET_FUSED_INVALID, "peers have no average");
    reset(control);
    const bool averaged = engine->trainer().train(batch, order_count, batch_size, engine->optimizer,
                                                  losses, peers, control, out);
    pack_all_taps(engine->model);
    if (averaged) return LENET_FUSED_OK;
    return fail(LENET_FUSED_NOT_AVERAGED, "the gradient was not averaged over the processes");
  });
}

lenet_fused_status lenet_fused_evaluate(lenet_fused_engine* engine, const lenet_fused_data* data,
                                        const int64_t* order, int64_t order_count,
                                        lenet_fused_control* control, lenet_fused_result* result) {
  const Request request{data, order, order_count, true, result};
  return with_batch(engine, false, request, [&](const Batch& batch, lenet_fused_result* out) {
    reset(control);
    engine->inference.run(batch, order_count, nullptr, control, out);
    return LENET_FUSED_OK;
  });
}

lenet_fused_status lenet_fused_predict(lenet_fused_engine* engine, const lenet_fused_data* data,
                                       const int64_t* order, int64_t order_count, float* logits) {
  const Request request{data, order, order_count, false, nullptr};
  return with_batch(engine, false, request, [&](const Batch& batch, lenet_fused_result* out) {
    if (!logits && order_count > 0) return fail(LENET_FUSED_INVALID, "logits is NULL");
    engine->inference.run(batch, order_count, logits, nullptr, out);
    return LENET_FUSED_OK;
  });
}

int64_t lenet_fused_work(const lenet_fused_engine* engine) {
  return engine ? engine->model.work : 0;
}

lenet_fused_status lenet_fused_gradients(lenet_fused_engine* engine, const lenet_fused_data* data,
                                         const int64_t* order, int64_t order_count,
                                         float* const* gradients, lenet_fused_result* result) {
  const Request request{data, order, order_count, true, result};
  return with_batch(engine, true, request, [&](const Batch& batch, lenet_fused_result* out) {
    if (!gradients || order_count < 1) return fail(LENET_FUSED_INVALID, "nothing to differentiate");
    Buffer<float> packed(engine->model.layout.size);
    engine->trainer().gradients(batch, order_count, packed.data(), out);
    unpack(engine->model.layout, packed.data(), gradients);
    return LENET_FUSED_OK;
  });
}

lenet_fused_status lenet_fused_convolve_directly(lenet_fused_engine* engine, int32_t on) {
  return guarded(engine, true, [&] {
    engine->model.direct = on != 0;
    return LENET_FUSED_OK;
  });
}

int32_t lenet_fused_profile(lenet_fused_engine* engine, int32_t on, double* seconds,
                            int32_t capacity) {
  guarded(engine, true, [&] {
    Profile& profile = engine->trainer().profile();
    for (int i = 0; i < kStages && i < capacity; ++i) seconds[i] = profile.seconds[i];
    profile.seconds = {};
    profile.on = on != 0;
    return LENET_FUSED_OK;
  });
  return kStages;
}

const char* lenet_fused_stage_name(int32_t stage) {
  return stage >= 0 && stage < kStages ? kStageNames[stage] : "";
}

}  // extern "C"

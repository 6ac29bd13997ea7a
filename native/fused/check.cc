#include "check.h"

#include <array>

#include "loss.h"

namespace lenet {

namespace {

std::string outside(const char* what, int64_t value, int64_t at, int64_t count) {
  return std::string(what) + " " + std::to_string(value) + " at position " + std::to_string(at) +
         " is not in 0 to " + std::to_string(count - 1);
}

std::string malformed(const Request& r) {
  if (!r.data) return "data is NULL";
  const lenet_fused_data& d = *r.data;
  if (r.count < 0 || d.count < 0) return "a count is negative";
  if (r.count > 0 && !d.images) return "images is NULL";
  if (d.image_dtype != LENET_FUSED_UINT8 && d.image_dtype != LENET_FUSED_FLOAT32) {
    return "image_dtype is neither uint8 nor float32";
  }
  if (d.labels && d.label_dtype != LENET_FUSED_UINT8 && d.label_dtype != LENET_FUSED_INT64) {
    return "label_dtype is neither uint8 nor int64";
  }
  if (r.needs_labels && r.count > 0 && !d.labels) return "labels is NULL";
  return {};
}

std::string unusable(const lenet_fused_optimizer& o) {
  if (o.algorithm < LENET_FUSED_SGD || o.algorithm > LENET_FUSED_ADAMW) {
    return "algorithm is none of SGD, Adam and AdamW";
  }
  if (!(o.lr >= 0)) return "lr is not a number ≥ 0";
  if (!(o.weight_decay >= 0)) return "weight_decay is not a number ≥ 0";
  if (o.algorithm == LENET_FUSED_SGD) {
    if (!(o.momentum >= 0)) return "momentum is not a number ≥ 0";
    return {};
  }
  if (!(o.beta1 >= 0 && o.beta1 < 1)) return "beta1 is not in [0, 1)";
  if (!(o.beta2 >= 0 && o.beta2 < 1)) return "beta2 is not in [0, 1)";
  if (!(o.eps >= 0)) return "eps is not a number ≥ 0";
  return {};
}

}  // namespace

lenet_fused_status check(const Request& r, int classes, std::string* why) {
  *why = malformed(r);
  if (!why->empty()) return LENET_FUSED_INVALID;
  if (!r.order && r.count > r.data->count) {
    *why = "order_count is larger than the data set";
    return LENET_FUSED_INDEX_RANGE;
  }
  for (int64_t i = 0; i < r.count; ++i) {
    const int64_t index = r.order ? r.order[i] : i;
    if (index < 0 || index >= r.data->count) {
      *why = outside("index", index, i, r.data->count);
      return LENET_FUSED_INDEX_RANGE;
    }
    if (!r.data->labels) continue;
    const int64_t label = label_at(*r.data, index);
    if (label < 0 || label >= classes) {
      *why = outside("label", label, index, classes);
      return LENET_FUSED_LABEL_RANGE;
    }
  }
  return LENET_FUSED_OK;
}

std::string unusable(const lenet_fused_optimizer* groups, int32_t count, const int32_t* group_of,
                     int64_t steps, const Layout& layout) {
  if (!groups || count < 1) return "there is no optimizer";
  if (steps < 0) return "steps is negative";
  for (int i = 0; i < count; ++i) {
    std::string why = unusable(groups[i]);
    if (!why.empty()) return why;
    if (groups[i].algorithm != groups[0].algorithm) return "the groups have different algorithms";
    if ((groups[i].momentum != 0) != (groups[0].momentum != 0)) {
      return "some groups have momentum and others have none";
    }
  }
  for (size_t t = 0; group_of && t < layout.sections.size(); ++t) {
    if (group_of[t] < 0 || group_of[t] >= count) return "a tensor is in no group";
  }
  return {};
}

std::string missing_tensor(const Layout& layout, const float* const* tensors) {
  for (size_t t = 0; t < layout.sections.size(); ++t) {
    const bool expected = layout.sections[t].values > 0;
    if (expected && !tensors[t]) return "tensor " + std::to_string(t) + " is NULL";
    if (!expected && tensors[t])
      return "tensor " + std::to_string(t) + " is a bias of a layer without";
  }
  return {};
}

float* state_of(Model& model, Optimizer& optimizer, int32_t state) {
  const bool sgd = optimizer.configured() && optimizer.algorithm() == LENET_FUSED_SGD;
  const bool adam = optimizer.configured() && !sgd;
  switch (state) {
    case LENET_FUSED_PARAMETERS:
      return model.parameters.data();
    case LENET_FUSED_EXP_AVG:
      return adam ? optimizer.moment(0).data() : nullptr;
    case LENET_FUSED_EXP_AVG_SQ:
      return adam ? optimizer.moment(1).data() : nullptr;
    case LENET_FUSED_MOMENTUM:
      return sgd ? optimizer.moment(0).data() : nullptr;
    default:
      return nullptr;
  }
}

const float* byte_over_255() {
  static const auto table = [] {
    std::array<float, 256> values;
    for (int i = 0; i < 256; ++i) values[i] = static_cast<float>(i) / 255.0f;
    return values;
  }();
  return table.data();
}

}  // namespace lenet

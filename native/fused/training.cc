#include "training.h"

#include <algorithm>

#include "control.h"
#include "parameters.h"

namespace lenet {

Trainer::Trainer(Model& model, Team& team) : model_(model), team_(team), shares_(team.size()) {
  for (int t = 0; t < team.size(); ++t) {
    slices_.push_back(make_slice(model, true));
    gradients_.push_back(slices_.back()->gradient());
  }
}

// One thread's gradient of its share of a batch. Shares are whole pairs of vectors where possible,
// and depend on nothing but the batch and the number of threads: so do all sums.
void Trainer::compute(int thread, const Batch& batch, int64_t begin, int64_t end) {
  Slice& slice = *slices_[thread];
  slice.profile().start();
  const int64_t count = end - begin, threads = team_.size();
  const int64_t unit = count >= 2 * kLanes * threads ? 2 * kLanes : kLanes;
  const int64_t share = (count + threads * unit - 1) / (threads * unit) * unit;
  const int64_t from = std::min(count, thread * share), to = std::min(count, from + share);
  shares_[thread].tally = Tally{};
  slice.begin_gradient();
  slice.train(batch, begin + from, begin + to, 1.0f / static_cast<float>(count),
              &shares_[thread].tally);
  slice.end_gradient();
}

// The first thread takes the convolutions, because it also repacks conv 2's filters.
Trainer::Range Trainer::range_of(int thread) const {
  const int threads = team_.size(), size = model_.layout.size;
  const int first = std::max(model_.layout.convolutions, size / threads / 16 * 16);
  const int rest = threads > 1 ? (size - first) / (threads - 1) / 16 * 16 : 0;
  const int begin = thread == 0 ? 0 : first + (thread - 1) * rest;
  const int end = thread == threads - 1 ? size : thread == 0 ? first : begin + rest;
  return {begin, end};
}

void Trainer::update(int thread, Optimizer& optimizer, const std::vector<const float*>& gradients) {
  const auto [begin, end] = range_of(thread);
  optimizer.update(model_.parameters.data(), gradients, begin, end);
  if (thread == 0) pack_for_training(model_);
}

void Trainer::account(int64_t samples, double* losses, lenet_fused_control* control,
                      lenet_fused_result* result) {
  Tally total;
  for (const Share& share : shares_) {
    total.loss += share.tally.loss;
    total.correct += share.tally.correct;
  }
  const double loss = total.loss / static_cast<double>(samples);
  if (losses) losses[result->batches] = loss;
  result->loss += loss;
  result->correct += total.correct;
  result->samples += samples;
  result->batches += 1;
  publish(control, *result);
}

bool Trainer::train(const Batch& batch, int64_t count, int64_t batch_size, Optimizer& optimizer,
                    double* losses, const lenet_fused_peers* peers, lenet_fused_control* control,
                    lenet_fused_result* result) {
  *result = {};
  if (peers && !exchange_) exchange_ = std::make_unique<Exchange>(model_);
  // Written by the first thread, between two barriers. Among peers nobody stops by himself.
  bool stop = !peers && should_stop(control), averaged = true;
  const auto average = [&](int thread) {
    Profile& profile = slices_[thread]->profile();
    const auto [begin, end] = range_of(thread);
    exchange_->gather(gradients_, begin, end);
    team_.barrier().wait();
    if (thread == 0) {
      stop = should_stop(control);
      averaged = exchange_->average(*peers, &stop);
      if (averaged) optimizer.begin_step();
    }
    profile.mark(kAveraging);
    team_.barrier().wait();
    profile.mark(kWaiting);
    if (averaged) exchange_->scatter(begin, end);
  };
  const auto loop = [&](int thread) {
    Profile& profile = slices_[thread]->profile();
    for (int64_t begin = 0; begin < count && !stop; begin += batch_size) {
      const int64_t end = std::min(count, begin + batch_size);
      compute(thread, batch, begin, end);
      if (thread == 0 && !peers) optimizer.begin_step();
      profile.start();
      team_.barrier().wait();
      profile.mark(kWaiting);
      if (peers) average(thread);
      if (!averaged) break;
      update(thread, optimizer, peers ? exchange_->averaged() : gradients_);
      if (thread == 0) {
        account(end - begin, losses, control, result);
        if (!peers) stop = end < count && should_stop(control);
      }
      profile.mark(kOptimizer);
      team_.barrier().wait();
      profile.mark(kWaiting);
    }
  };
  team_.run(loop);
  result->stopped = peers ? averaged && stop : result->samples < count;
  return averaged;
}

void Trainer::gradients(const Batch& batch, int64_t count, float* gradient,
                        lenet_fused_result* result) {
  *result = {};
  team_.run([&](int thread) { compute(thread, batch, 0, count); });
  account(count, nullptr, nullptr, result);
  for (int i = 0; i < model_.layout.size; ++i) {
    float sum = 0;
    for (const float* g : gradients_) sum += g[i];
    gradient[i] = sum;
  }
}

}  // namespace lenet

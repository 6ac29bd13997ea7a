// Times epochs of a network (networks.h) and shows where the time goes.
//   fused_bench LIBRARY DATA_DIR [threads = 2] [epochs = 3] [batch = 256] [weights.bin]
// DATA_DIR holds Fashion-MNIST's four IDX files, unpacked. weights.bin: the float32 tensors of
// a state_dict, concatenated; with it, images come in file order, so that losses can be compared.
// In the environment: NETWORK, its name, else the chapter's LeNet; PROFILE=1 for seconds per stage.
#include <dlfcn.h>
#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "networks.h"

namespace {

void* library;

template <class Function>
Function* symbol(const char* name, Function*) {
  void* found = dlsym(library, name);
  if (!found) {
    std::fprintf(stderr, "%s\n", dlerror());
    std::exit(2);
  }
  return reinterpret_cast<Function*>(found);
}
#define CALL(name) symbol(#name, static_cast<decltype(&name)>(nullptr))

// As libtorch's tensors have it here, see native/loader.cc.
template <class T>
struct InLargePages {
  using value_type = T;
  static constexpr size_t kPage = 2 << 20;
  T* allocate(size_t count) {
    const size_t bytes = (count * sizeof(T) + kPage - 1) / kPage * kPage;
    void* data = std::aligned_alloc(kPage, bytes);
    if (!data) throw std::bad_alloc();
    madvise(data, bytes, MADV_HUGEPAGE);
    return static_cast<T*>(data);
  }
  void deallocate(T* data, size_t) { std::free(data); }
  bool operator==(const InLargePages&) const { return true; }
};
using Bytes = std::vector<uint8_t, InLargePages<uint8_t>>;

Bytes read(const std::string& path, long skip) {
  std::FILE* file = std::fopen(path.c_str(), "rb");
  if (!file) {
    std::perror(path.c_str());
    std::exit(2);
  }
  std::fseek(file, 0, SEEK_END);
  Bytes bytes(std::ftell(file) - skip);
  std::fseek(file, skip, SEEK_SET);
  const size_t got = std::fread(bytes.data(), 1, bytes.size(), file);
  std::fclose(file);
  if (got != bytes.size()) std::exit(2);
  return bytes;
}

void require(lenet_fused_status status) {
  if (status == LENET_FUSED_OK) return;
  std::fprintf(stderr, "%s\n", CALL(lenet_fused_message)());
  std::exit(1);
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double median(std::vector<double> v) {
  std::sort(v.begin(), v.end());
  return v[v.size() / 2];
}

std::vector<std::vector<float>> initial_weights(const Sizes& sizes, const char* path) {
  std::vector<std::vector<float>> weights;
  std::mt19937 random(0);
  const Bytes file = path ? read(path, 0) : Bytes();
  size_t at = 0;
  for (const auto [values, fan_in] : sizes.tensors) {
    std::vector<float> w(values);
    const float bound = 1 / std::sqrt(static_cast<float>(fan_in));
    std::uniform_real_distribution<float> uniform(-bound, bound);
    for (float& x : w) x = uniform(random);
    if (path) std::copy_n(reinterpret_cast<const float*>(file.data()) + at, w.size(), w.data());
    at += w.size();
    weights.push_back(w);
  }
  return weights;
}

void print_stages(lenet_fused_engine* engine, int epochs) {
  double seconds[32] = {};
  const int stages = CALL(lenet_fused_profile)(engine, 1, seconds, 32);
  double total = 0;
  for (int i = 0; i < stages; ++i) total += seconds[i];
  for (int i = 0; i < stages; ++i) {
    std::printf("  %-16s %.4f s  %4.1f %%\n", CALL(lenet_fused_stage_name)(i), seconds[i] / epochs,
                100 * seconds[i] / total);
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr,
                 "usage: fused_bench LIBRARY DATA_DIR [threads] [epochs] [batch] [weights]\n");
    return 2;
  }
  const int threads = argc > 3 ? std::atoi(argv[3]) : 2, epochs = argc > 4 ? std::atoi(argv[4]) : 3;
  const int batch = argc > 5 ? std::atoi(argv[5]) : 256;
  const char* weights_file = argc > 6 ? argv[6] : nullptr;
  library = dlopen(argv[1], RTLD_NOW);
  if (!library) {
    std::fprintf(stderr, "%s\n", dlerror());
    return 2;
  }
  const std::string folder = argv[2];
  const auto images = read(folder + "/train-images-idx3-ubyte", 16);
  const auto labels = read(folder + "/train-labels-idx1-ubyte", 8);
  const auto test_images = read(folder + "/t10k-images-idx3-ubyte", 16);
  const auto test_labels = read(folder + "/t10k-labels-idx1-ubyte", 8);
  const lenet_fused_data train = {
      images.data(),     labels.data(),     static_cast<int64_t>(labels.size()),
      LENET_FUSED_UINT8, LENET_FUSED_UINT8, nullptr};
  const lenet_fused_data test = {
      test_images.data(), test_labels.data(), static_cast<int64_t>(test_labels.size()),
      LENET_FUSED_UINT8,  LENET_FUSED_UINT8,  nullptr};

  const lenet_fused_network network = named(std::getenv("NETWORK"));
  const Sizes sizes = sizes_of(network);
  lenet_fused_engine* engine = nullptr;
  require(CALL(lenet_fused_create)(&network, threads, &engine));
  const auto weights = initial_weights(sizes, weights_file);
  std::vector<const float*> tensors;
  for (const auto& each : weights) tensors.push_back(each.data());
  require(CALL(lenet_fused_load)(engine, LENET_FUSED_PARAMETERS, tensors.data()));
  const lenet_fused_optimizer adam = {LENET_FUSED_ADAM, 0, 1e-3, 0, 0.9, 0.999, 1e-8, 0, 0};
  require(CALL(lenet_fused_set_optimizer)(engine, &adam, 1, nullptr, 0));

  std::vector<int64_t> order(labels.size());
  std::iota(order.begin(), order.end(), 0);
  std::mt19937 random(1);
  std::vector<double> train_times, test_times, peaks;
  CALL(lenet_fused_profile)(engine, std::getenv("PROFILE") != nullptr, nullptr, 0);
  for (int epoch = 1; epoch <= epochs; ++epoch) {
    if (!weights_file) std::shuffle(order.begin(), order.end(), random);
    peaks.push_back(CALL(lenet_fused_fma_peak)(threads, 0.05));
    lenet_fused_result learned, tested;
    const double start = now();
    require(CALL(lenet_fused_train)(engine, &train, order.data(), train.count, batch, nullptr,
                                    nullptr, nullptr, &learned));
    const double middle = now();
    require(CALL(lenet_fused_evaluate)(engine, &test, nullptr, test.count, nullptr, &tested));
    const double end = now();
    train_times.push_back(middle - start);
    test_times.push_back(end - middle);
    std::printf("epoch %d, loss %.6f, train acc %.4f, test acc %.4f, train %.4f test %.4f s\n",
                epoch, learned.loss / learned.batches, double(learned.correct) / learned.samples,
                double(tested.correct) / tested.samples, middle - start, end - middle);
  }
  const double seconds = median(train_times) + median(test_times), peak = median(peaks);
  const double flop = sizes.train_flop * train.count + sizes.test_flop * test.count;
  std::printf(
      "%s, %d threads: median %.4f s per epoch, %.1f GFLOP/s dense, peak %.1f GFLOP/s: %.1f %%\n",
      CALL(lenet_fused_isa)(), threads, seconds, flop / seconds * 1e-9, peak,
      100 * flop / seconds * 1e-9 / peak);
  if (std::getenv("PROFILE")) print_stages(engine, epochs);
  CALL(lenet_fused_destroy)(engine);
}

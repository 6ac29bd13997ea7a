// Runs every test on every library that this processor can run.
//   fused_test LIBRARY_DIR [--short]
#include <exception>

#include "tests.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fprintf(stderr, "usage: fused_test LIBRARY_DIR [--short]\n");
    return 2;
  }
  Report report;
  report.is_short = argc > 2 && std::string(argv[2]) == "--short";
  for (const char* isa : {"portable", "avx2", "avx512", "lanes16"}) {
    try {
      const Library library(std::string(argv[1]) + "/liblenet_fused_" + isa + ".so");
      if (!library.supported()) {
        std::printf("%s: not on this processor, skipped\n", isa);
        continue;
      }
      const int before = report.failed;
      for (const auto test : {test_gradients, test_optimizers, test_inference, test_control,
                              test_values, test_interface}) {
        test(library, report);
      }
      std::printf("%s: %s\n", isa, report.failed == before ? "ok" : "FAILED");
    } catch (const std::exception& error) {
      report.check(false, std::string(isa) + ": " + error.what());
    }
    std::fflush(stdout);
  }
  std::printf("%d passed, %d failed\n", report.passed, report.failed);
  return report.failed ? 1 : 0;
}

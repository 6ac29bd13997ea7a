// Runs every test on the libraries named, those left out that this processor cannot run.
//   fused_test LIBRARY_DIR ISA… [--short]
#include <exception>
#include <vector>

#include "tests.h"

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: fused_test LIBRARY_DIR ISA… [--short]\n");
    return 2;
  }
  Report report;
  std::vector<std::string> names(argv + 2, argv + argc);
  report.is_short = std::erase(names, "--short") > 0;
  for (const std::string& isa : names) {
    try {
      const Library library(std::string(argv[1]) + "/liblenet_fused_" + isa + ".so");
      if (!library.supported()) {
        std::printf("%s: not on this processor, skipped\n", isa.c_str());
        continue;
      }
      const int before = report.failed;
      for (const auto test : {test_gradients, test_optimizers, test_inference, test_control,
                              test_peers, test_values, test_methods, test_interface}) {
        test(library, report);
      }
      std::printf("%s: %s\n", isa.c_str(), report.failed == before ? "ok" : "FAILED");
    } catch (const std::exception& error) {
      report.check(false, isa + ": " + error.what());
    }
    std::fflush(stdout);
  }
  std::printf("%d passed, %d failed\n", report.passed, report.failed);
  return report.failed ? 1 : 0;
}

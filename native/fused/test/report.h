// Counts what passed and prints what did not.
#pragma once

#include <cstdio>
#include <string>

struct Report {
  int passed = 0, failed = 0;
  bool is_short = false;  // fewer batch sizes: for sanitizers and valgrind

  void check(bool ok, const std::string& what) {
    if (ok) {
      ++passed;
    } else {
      ++failed;
      std::printf("FAILED  %s\n", what.c_str());
    }
  }

  // value < limit, and not NaN.
  void below(double value, double limit, const std::string& what) {
    check(value < limit, what + ": " + std::to_string(value * 1e6) + "e-6, limit " +
                             std::to_string(limit * 1e6) + "e-6");
  }
};

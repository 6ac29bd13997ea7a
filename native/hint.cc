#include "hint.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace lenet_torch {
namespace {

// Letters alone: snake_case, camelCase and their like are one spelling.
std::string plain(const std::string& name) {
  std::string letters;
  for (const char letter : name) {
    if (letter != '_') letters += static_cast<char>(std::tolower(letter));
  }
  return letters;
}

// Letters to change, add or leave out.
size_t distance(const std::string& a, const std::string& b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (size_t i = 1; i <= a.size(); i++) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); j++) {
      const size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::string hintFor(const std::string& given, const std::vector<std::string>& names) {
  // NumPy's word, which Python's torch takes too.
  const std::string wanted = given == "axis" ? "dim" : plain(given);
  const std::string* nearest = nullptr;
  size_t least = std::min<size_t>(3, wanted.size() / 2 + 1);
  for (const auto& name : names) {
    const size_t far = distance(wanted, plain(name));
    if (far >= least) continue;
    least = far;
    nearest = &name;
  }
  return nearest == nullptr ? "" : "; did you mean '" + *nearest + "'?";
}

}  // namespace lenet_torch

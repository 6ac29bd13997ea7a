#include "scope.h"

#include <algorithm>

#include "tensor.h"

namespace lenet_torch {

ScopeId Scopes::open(ScopeKind kind) {
  const ScopeId id = next_++;
  scopes_.emplace(id, Scope{kind, ambient_.empty() ? kNoScope : ambient_.back(), {}});
  ambient_.push_back(id);
  return id;
}

void Scopes::leave(ScopeId id) {
  ambient_.erase(std::remove(ambient_.begin(), ambient_.end(), id), ambient_.end());
}

std::vector<TensorHandle*> Scopes::close(ScopeId id) {
  leave(id);
  const auto found = scopes_.find(id);
  if (found == scopes_.end()) return {};
  auto handles = std::move(found->second.handles);
  for (auto* handle : handles) handle->scope = kNoScope;
  scopes_.erase(found);
  return handles;
}

ScopeId Scopes::parentOf(ScopeId id) const {
  const auto found = scopes_.find(id);
  if (found == scopes_.end()) return kNoScope;
  return isOpen(found->second.parent) ? found->second.parent : kNoScope;
}

ScopeId Scopes::forResult(ScopeId lineage) const {
  if (lineage != kNoScope && !isOpen(lineage)) lineage = kNoScope;
  if (ambient_.empty()) return lineage;
  const ScopeId ambient = ambient_.back();
  if (lineage == kNoScope) return ambient;
  const bool lexical = scopes_.at(ambient).kind == ScopeKind::kLexical;
  return lexical && ambient > lineage ? ambient : lineage;
}

void Scopes::add(TensorHandle& handle, ScopeId id) {
  const auto found = scopes_.find(id);
  if (found == scopes_.end()) return;
  handle.scope = id;
  handle.slot = found->second.handles.size();
  found->second.handles.push_back(&handle);
}

void Scopes::remove(TensorHandle& handle) {
  const auto found = scopes_.find(handle.scope);
  handle.scope = kNoScope;
  if (found == scopes_.end()) return;
  auto& handles = found->second.handles;
  handles[handle.slot] = handles.back();
  handles[handle.slot]->slot = handle.slot;
  handles.pop_back();
}

}  // namespace lenet_torch

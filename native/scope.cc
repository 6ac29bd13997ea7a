#include "scope.h"

#include <algorithm>

#include "tensor.h"

namespace lenet_torch {

Scopes::Scope* Scopes::find(ScopeId id) const {
  if (id == lastId_) return last_;
  const auto found = scopes_.find(id);
  if (found == scopes_.end()) return nullptr;
  lastId_ = id;
  last_ = const_cast<Scope*>(&found->second);
  return last_;
}

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
  lastId_ = kNoScope;
  last_ = nullptr;
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
  const bool lexical = find(ambient)->kind == ScopeKind::kLexical;
  return lexical && ambient > lineage ? ambient : lineage;
}

void Scopes::add(TensorHandle& handle, ScopeId id) {
  auto* scope = find(id);
  if (scope == nullptr) return;
  handle.scope = id;
  handle.slot = scope->handles.size();
  scope->handles.push_back(&handle);
}

void Scopes::remove(TensorHandle& handle) {
  auto* scope = find(handle.scope);
  handle.scope = kNoScope;
  if (scope == nullptr) return;
  auto& handles = scope->handles;
  handles[handle.slot] = handles.back();
  handles[handle.slot]->slot = handle.slot;
  handles.pop_back();
}

}  // namespace lenet_torch

// Which tensor handles a scope owns.
//
// A scope is a number to JavaScript. Closing it releases the handles that still belong to it. A new
// handle joins a scope by lineage: the innermost (newest) scope among its inputs, else the ambient
// one.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace lenet_torch {

struct TensorHandle;
using ScopeId = uint32_t;  // 0: no scope; the garbage collector alone releases the handle
constexpr ScopeId kNoScope = 0;

enum class ScopeKind : uint8_t {
  kLexical,  // tidy() and scope(): owns what is made inside, even from inputs of older scopes
  kBatch,    // one turn of a DataLoader: owns what is made from its batch, or from nothing
};

class Scopes {
 public:
  Scopes() = default;
  Scopes(const Scopes&) = delete;
  Scopes& operator=(const Scopes&) = delete;

  // Opens a scope and makes it ambient; its parent is the scope that was ambient before.
  ScopeId open(ScopeKind kind);
  // Ends the scope's ambience, wherever it stands in the stack.
  void leave(ScopeId id);
  // Forgets every ambient scope: the synchronous stretch that opened them is over.
  void leaveAll() { ambient_.clear(); }
  bool hasAmbient() const { return !ambient_.empty(); }
  // Removes the scope and returns its handles, for the caller to release.
  std::vector<TensorHandle*> close(ScopeId id);
  bool isOpen(ScopeId id) const { return find(id) != nullptr; }
  ScopeId parentOf(ScopeId id) const;

  // The scope that a result joins, given the newest scope among its inputs.
  ScopeId forResult(ScopeId lineage) const;
  void add(TensorHandle& handle, ScopeId id);
  void remove(TensorHandle& handle);

 private:
  struct Scope {
    ScopeKind kind;
    ScopeId parent;
    std::vector<TensorHandle*> handles;
  };
  // Null for a scope that is closed. Most look-ups are of the one that was looked up last.
  Scope* find(ScopeId id) const;

  std::unordered_map<ScopeId, Scope> scopes_;
  mutable ScopeId lastId_ = kNoScope;
  mutable Scope* last_ = nullptr;
  std::vector<ScopeId> ambient_;
  ScopeId next_ = 1;
};

}  // namespace lenet_torch

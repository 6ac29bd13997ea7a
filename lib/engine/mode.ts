import type { Module } from '../nn/index.js';

/** Runs `work` with all modules in evaluation mode, and gives each its own mode back. */
export function inEvalMode<T>(net: Module, work: () => T): T {
  const modes = [...net.modules()].map((module) => [module, module.training] as const);
  net.eval();
  try {
    return work();
  } finally {
    for (const [module, mode] of modes) module.training = mode;
  }
}

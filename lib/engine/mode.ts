import { Module } from '../nn/index.js';

const { eval: plainEval, train: plainTrain } = Module.prototype;

/**
 * Runs `work` with all modules in evaluation mode, and gives each its own mode back.
 * @param modules - The network's, where they are known.
 */
export function inEvalMode<T>(
  net: Module,
  work: () => T,
  modules: readonly Module[] = [...net.modules()],
): T {
  const changed: Module[] = [];
  const modes: boolean[] = [];
  for (const module of modules) {
    if (module.training === false) continue;
    changed.push(module);
    modes.push(module.training);
  }
  // What a network's own way into the mode does besides belongs to it.
  if (net.eval !== plainEval || net.train !== plainTrain) net.eval();
  else for (const module of changed) module.training = false;
  try {
    return work();
  } finally {
    for (let i = 0; i < changed.length; i++) changed[i]!.training = modes[i]!;
  }
}

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
  const modes: boolean[] = [];
  for (const { training } of modules) modes.push(training);
  // What a network's own way into the mode does besides belongs to it.
  if (net.eval !== plainEval || net.train !== plainTrain) net.eval();
  else for (const module of modules) if (module.training) module.training = false;
  try {
    return work();
  } finally {
    // Of all: a forward pass may put a frozen one into training.
    let i = 0;
    for (const module of modules) {
      const mode = modes[i++]!;
      if (module.training !== mode) module.training = mode;
    }
  }
}

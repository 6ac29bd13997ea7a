import v8 from 'node:v8';
import vm from 'node:vm';

import * as torch from '../lib/index.js';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

/** How many tensors are alive, after what earlier tests dropped is gone: it would go at any time. */
export async function tensorsInUse(): Promise<number> {
  // One collection is not always enough: V8 may keep what its compiler's thread still names.
  for (let before = Number.NaN; before !== torch.memory().tensors; ) {
    before = torch.memory().tensors;
    collect();
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve));
  }
  return torch.memory().tensors;
}

/** Whether something is gone, after a few rounds at most. */
export async function isCollected(ref: WeakRef<object>): Promise<boolean> {
  for (let i = 0; i < 5; i++) {
    // What a WeakRef has shown stays for the rest of this turn.
    await new Promise((resolve) => setImmediate(resolve));
    await tensorsInUse();
    if (ref.deref() === undefined) return true;
  }
  return false;
}

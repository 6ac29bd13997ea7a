// The process that runs a notebook's cells is a kernel of the runtime's own, or tslab in Node; each has other functions for
// showing things.
import { setTimeout } from 'node:timers/promises';

import { type OwnKernel, ownKernel } from '../native/runtime.js';
import type { MimeBundle } from './bundle.js';

/** How a cell shows something. */
export interface Kernel {
  show(bundle: MimeBundle): Promise<void>;
  /** Writes below the cell as `console.log` does, without an end of line; after `\r` over what the line held. */
  write(text: string): void;
  /** Waits until all of it has left. Without it, what a cell shows at its very end may be lost. */
  settle(): Promise<void>;
}

const overOwn = ({ broadcast, settleMs }: OwnKernel): Kernel => ({
  show: (data) => broadcast('display_data', { data, metadata: {}, transient: {} }),
  write: (text) => void broadcast('stream', { name: 'stdout', text }),
  settle: () => setTimeout(settleMs),
});

// It shows one form of a value, and has no others beside it.
interface TslabDisplay {
  raw(type: string, content: string): void;
}

const overTslab = (display: TslabDisplay): Kernel => ({
  async show(bundle) {
    const rich = Object.keys(bundle).find((type) => type !== 'text/plain') ?? 'text/plain';
    display.raw(rich, bundle[rich]!);
  },
  // Its own while a cell runs.
  write: (text) => void process.stdout.write(text),
  async settle() {},
});

// What tslab gives to its cells.
interface TslabCells {
  readonly require: (name: string) => { readonly display: TslabDisplay };
}

/** The notebook's kernel that this process is; `undefined` elsewhere. */
export function findKernel(): Kernel | undefined {
  const own = ownKernel();
  if (own !== undefined) return overOwn(own);
  const { __tslab__: tslab } = globalThis as { __tslab__?: TslabCells };
  return tslab && overTslab(tslab.require('tslab').display);
}

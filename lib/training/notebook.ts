import type { EpochResult } from '../engine/epoch.js';
import type { TrainingListener } from '../engine/listener.js';
import type { Progress } from '../engine/progress.js';
import { interruptible } from '../notebook/interrupt.js';
import { findKernel, type Kernel } from '../notebook/kernel.js';
import type { Told } from './training.js';

const cells = 24;
const intervalMs = 100;

/** The line below a notebook's cell that says how far the epoch is; what is printed next stands in its place. */
class ProgressLine implements TrainingListener {
  readonly #kernel: Kernel;
  #isOpen = false;
  #last = Number.NEGATIVE_INFINITY;
  #over = 0;

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  // Shorter than the chapter's line, which is written over it.
  stepped({ epoch, done, total }: Progress): void {
    const now = performance.now();
    if (epoch === this.#over || now - this.#last < intervalMs) return;
    this.#last = now;
    const full = total === undefined ? 0 : Math.floor((Math.min(done, total) / total) * cells);
    const bar = total === undefined ? '' : `${'█'.repeat(full)}${'░'.repeat(cells - full)}  `;
    const count = total === undefined ? `${done} batches` : `${done}/${total}`;
    this.#kernel.write(`\repoch ${epoch}  ${bar}${count}`);
    this.#isOpen = true;
  }

  // Of the last steps one is told after it.
  epoch({ epoch }: EpochResult): void {
    this.#over = epoch;
  }

  /** What is printed in its place. */
  print(line: string): void {
    if (this.#isOpen) this.#kernel.write('\r');
    this.#isOpen = false;
    console.log(line);
  }

  // Of a training that was stopped, the line stays.
  ended(): void {
    if (this.#isOpen) this.#kernel.write('\n');
    this.#isOpen = false;
  }
}

/** What a caller may leave out. */
type Asked = Omit<Told, 'log'> & { readonly log: Told['log'] | undefined };

/**
 * Trains as one expects it in a notebook: Interrupt stops it, and a line says how far it is, unless the caller looks after lines
 * or progress himself. Elsewhere lines go to the console, and that is all.
 */
export async function asNotebooksDo<T>(
  asked: Asked,
  train: (told: Told) => Promise<T>,
): Promise<T> {
  const kernel = findKernel();
  const { log = console.log, listeners = [] } = asked;
  if (kernel === undefined) return train({ ...asked, log });
  const isLeftOut = asked.log === undefined && asked.onProgress === undefined;
  const line = isLeftOut ? new ProgressLine(kernel) : undefined;
  const told: Told =
    line === undefined
      ? { ...asked, log }
      : { ...asked, log: (text) => line.print(text), listeners: [...listeners, line] };
  try {
    return await interruptible(asked.signal, (signal) => train({ ...told, signal }));
  } finally {
    await kernel.settle();
  }
}

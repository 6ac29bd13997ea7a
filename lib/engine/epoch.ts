import { jupyterDisplay, type MimeBundle } from '../notebook/bundle.js';
import { htmlTable } from '../notebook/table.js';
import type { EngineUsed } from './pass.js';

/** What one epoch came to, and which engine trained it. */
export interface EpochResult extends EngineUsed {
  /** From 1. */
  epoch: number;
  /** Mean of the batches' losses. */
  loss: number;
  /** Share of the training images classified right, as each batch was trained. */
  trainAcc: number;
  /** Share of the test images classified right, after the epoch. */
  testAcc: number;
  /** Duration with the test pass, as the chapter counts. */
  seconds: number;
}

/** What {@link train} resolves to; a table in a notebook. */
export interface History {
  epochs: EpochResult[];
}

/** A history that shows itself in notebooks; elsewhere it is its epochs and nothing else. */
export function makeHistory(epochs: EpochResult[]): History {
  const value = (): MimeBundle => ({
    'text/html': epochTable(epochs),
    'text/plain': epochs.map(epochLine).join('\n'),
  });
  return Object.defineProperty({ epochs }, jupyterDisplay, { value });
}

// As Python's `%.3f`: exact ties go to the even digit, where toFixed goes up.
function fixed(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  const exact = value.toFixed(digits + 50);
  const kept = exact.slice(0, -50);
  const tie = /^50*$/.test(exact.slice(-50)) && /[02468]$/.test(kept);
  return tie ? kept : value.toFixed(digits);
}

/** The chapter's line: `epoch 1, loss 1.8508, train acc 0.317, test acc 0.587, time 31.0 sec`. */
export function epochLine({ epoch, loss, trainAcc, testAcc, seconds }: EpochResult): string {
  return (
    `epoch ${epoch}, loss ${fixed(loss, 4)}, train acc ${fixed(trainAcc, 3)}, ` +
    `test acc ${fixed(testAcc, 3)}, time ${fixed(seconds, 1)} sec`
  );
}

const epochTable = (epochs: readonly EpochResult[]): string =>
  htmlTable(
    ['epoch', 'loss', 'train acc', 'test acc', 'seconds', 'engine'],
    epochs.map(({ epoch, loss, trainAcc, testAcc, seconds, engine }) => [
      String(epoch),
      fixed(loss, 4),
      fixed(trainAcc, 3),
      fixed(testAcc, 3),
      fixed(seconds, 1),
      engine,
    ]),
  );

import { Presets, SingleBar } from 'cli-progress';

import { megabytes } from '../libtorch/cache.js';

/** Says steps, and how far the current one is. */
export interface StepReport {
  onStep(sentence: string): void;
  onProgress(done: number, total: number): void;
  /** Takes the bar away; to be called before anything else is written. */
  end(): void;
}

/**
 * Reports steps in lines, and their progress in bytes: as a bar on a terminal, otherwise as one
 * line per quarter of a step that takes long.
 */
export function reportSteps(out: NodeJS.WriteStream = process.stderr): StepReport {
  let bar: SingleBar | undefined;
  let startedMs = Date.now();
  let quarter = 0;
  const end = () => {
    bar?.stop();
    bar = undefined;
    quarter = 0;
    startedMs = Date.now();
  };
  return {
    end,
    onStep(sentence) {
      end();
      out.write(`lenet-torch: ${sentence}\n`);
    },
    onProgress(done, total) {
      if (out.isTTY) {
        bar ??= startBar(out, total);
        bar.update(done, { done: megabytes(done), all: megabytes(total) });
        return;
      }
      const now = Math.floor((4 * done) / total);
      if (now <= quarter || Date.now() - startedMs < 2_000) return;
      quarter = now;
      out.write(`lenet-torch:   ${megabytes(done)} of ${megabytes(total)}\n`);
    },
  };
}

function startBar(out: NodeJS.WriteStream, total: number): SingleBar {
  const bar = new SingleBar(
    {
      stream: out,
      format: '{bar} {percentage}% · {done} of {all} · {eta_formatted} left',
      clearOnComplete: true,
      hideCursor: false,
      // Interrupts are the command's business.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { done: megabytes(0), all: megabytes(total) });
  return bar;
}

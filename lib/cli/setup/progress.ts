import { Presets, SingleBar } from 'cli-progress';

import { gigabytes, megabytes } from '../../libtorch/cache.js';

/** Says steps, and how far the current one is. */
export interface StepReport {
  onStep(sentence: string): void;
  onProgress(done: number, total: number): void;
  /** Takes the bar away; to be called before anything else is written. */
  end(): void;
}

/**
 * Reports steps in lines, and their progress in bytes, with speed and time left: as a bar on a terminal,
 * otherwise as one line per quarter of a step that takes long.
 */
export function reportSteps(
  out: NodeJS.WriteStream = process.stderr,
  clock: () => number = () => performance.now(),
): StepReport {
  let bar: SingleBar | undefined;
  let meter: ByteMeter | undefined;
  let quarter = 0;
  const end = () => {
    bar?.stop();
    bar = undefined;
    meter = undefined;
    quarter = 0;
  };
  return {
    end,
    onStep(sentence) {
      end();
      out.write(`lenet-torch: ${sentence}\n`);
    },
    onProgress(done, total) {
      meter ??= new ByteMeter(clock());
      const pace = meter.pace(clock(), done, total);
      if (out.isTTY) {
        bar ??= startBar(out, total);
        bar.update(done, { done: gigabytes(done), all: gigabytes(total), pace });
        return;
      }
      const now = Math.floor((4 * done) / total);
      if (now <= quarter || clock() - meter.startedMs < 2_000) return;
      quarter = now;
      out.write(`lenet-torch:   ${gigabytes(done)} of ${gigabytes(total)}${pace && `, ${pace}`}\n`);
    },
  };
}

const windowMs = 5_000;
// A connection that only opens has no speed yet.
const leastBytes = 1e6;

/** Speed of the last seconds, and the time that is left at that speed. */
class ByteMeter {
  private readonly seen: [ms: number, bytes: number][] = [];

  constructor(readonly startedMs: number) {
    this.seen.push([startedMs, 0]);
  }

  /** `'35 MB/s, 8 s left'`; empty when nothing can be said yet. */
  pace(ms: number, bytes: number, total: number): string {
    this.seen.push([ms, bytes]);
    while (this.seen.length > 2 && ms - this.seen[1]![0] > windowMs) this.seen.shift();
    const [fromMs, fromBytes] = this.seen[0]!;
    if (bytes - fromBytes < leastBytes || ms <= fromMs) return '';
    const perSecond = (1000 * (bytes - fromBytes)) / (ms - fromMs);
    const speed = `${megabytes(perSecond)}/s`;
    return bytes >= total ? speed : `${speed}, ${timeLeft((total - bytes) / perSecond)} left`;
  }
}

function timeLeft(seconds: number): string {
  const whole = Math.ceil(seconds);
  return whole < 120 ? `${whole} s` : `${Math.ceil(whole / 60)} min`;
}

function startBar(out: NodeJS.WriteStream, total: number): SingleBar {
  const bar = new SingleBar(
    {
      stream: out,
      format: '{bar} {percentage}% · {done} of {all} · {pace}',
      clearOnComplete: true,
      hideCursor: false,
      // Interrupts are the command's business.
      gracefulExit: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { done: megabytes(0), all: gigabytes(total), pace: '' });
  return bar;
}

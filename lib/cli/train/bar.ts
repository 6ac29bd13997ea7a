import { Presets, SingleBar } from 'cli-progress';

import type { Progress } from '../../engine/progress.js';

/** The line on a terminal that shows how far the epoch is. */
export interface TrainingBar {
  update(progress: Progress): void;
  /** Takes the bar away, so that a line can be printed; the next update brings it back. */
  clear(): void;
}

/**
 * A bar with images per second and time left, on a terminal only.
 * @param images - Images per epoch; 0 for no bar.
 */
export function trainingBar(out: NodeJS.WriteStream, images: number): TrainingBar {
  if (!out.isTTY || images === 0) return { update() {}, clear() {} };
  let bar: SingleBar | undefined;
  let startedMs = 0;
  let epoch = 0;
  return {
    update(progress) {
      if (progress.epoch !== epoch) {
        epoch = progress.epoch;
        startedMs = performance.now();
      }
      if (bar === undefined) {
        const format =
          'epoch {epoch} {bar} {value}/{total} images · {speed} images/s · {left} s left';
        bar = new SingleBar(
          { stream: out, format, clearOnComplete: true, hideCursor: true, barsize: 24 },
          Presets.shades_classic,
        );
        bar.start(images, 0, { epoch, speed: '–', left: '–' });
      }
      const seconds = (performance.now() - startedMs) / 1000;
      const speed = seconds > 0.2 ? progress.images / seconds : 0;
      bar.update(progress.images, {
        epoch,
        speed: speed > 0 ? Math.round(speed).toLocaleString('en') : '–',
        left: speed > 0 ? ((images - progress.images) / speed).toFixed(1) : '–',
      });
    },
    clear() {
      bar?.stop();
      bar = undefined;
    },
  };
}

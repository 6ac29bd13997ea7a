import { Presets, SingleBar } from 'cli-progress';

/** The line on a terminal that shows how many images are done. */
export interface ImageBar {
  /** @param more - Images by which the total grows. */
  update(done: number, more: number): void;
  /** Takes the bar away, so that lines can be printed; the next update brings it back. */
  clear(): void;
}

/** A bar with images per second and time left, on a terminal only, and not for a lone image. */
export function imageBar(out: NodeJS.WriteStream, images: number): ImageBar {
  if (!out.isTTY) return { update() {}, clear() {} };
  const startedMs = performance.now();
  let total = images;
  let bar: SingleBar | undefined;
  return {
    update(done, more) {
      total += more;
      if (total <= 1 || done >= total) return;
      if (bar === undefined) {
        bar = new SingleBar(
          {
            stream: out,
            format: '{bar} {value}/{total} images · {speed} images/s · {left} s left',
            clearOnComplete: true,
            hideCursor: false,
            // An interrupt ends the process as it does without a bar.
            gracefulExit: false,
            barsize: 24,
          },
          Presets.shades_classic,
        );
        bar.start(total, done, { speed: '–', left: '–' });
      }
      const speed = done / ((performance.now() - startedMs) / 1000);
      bar.setTotal(total);
      bar.update(done, {
        speed: Math.round(speed).toLocaleString('en'),
        left: speed > 0 ? ((total - done) / speed).toFixed(1) : '–',
      });
    },
    clear() {
      bar?.stop();
      bar = undefined;
    },
  };
}

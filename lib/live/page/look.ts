// Keeps maps and weights at what is looked at: at most one question under way, and then the newest.
import type { Features, TestImage, Weights } from './contract.js';
import { unpack } from './numbers.js';
import { runPath } from './source.js';
import type { Store } from './store.js';

const beat = 1000;

/** Calls `work` again when it was asked meanwhile, once, however often it was. */
function latest(work: () => Promise<void>): () => void {
  let isBusy = false;
  let isAsked = false;
  const ask = async (): Promise<void> => {
    isAsked = true;
    if (isBusy) return;
    isBusy = true;
    while (isAsked) {
      isAsked = false;
      await work();
    }
    isBusy = false;
  };
  return () => void ask();
}

export function keepLooking(store: Store, onTrouble: (message: string) => void): void {
  const features = latest(async () => {
    const { picture, which, run } = store;
    if (picture === undefined || run === '') return;
    const began = performance.now();
    try {
      store.features = await store.source.ask<Features>(`/api/features?${which}`, picture);
      onTrouble('');
    } catch (error) {
      onTrouble((error as Error).message);
      return;
    }
    store.tell('features');
    store.delay = performance.now() - began;
  });
  const weights = latest(async () => {
    const { run, epochOrLast: epoch } = store;
    if (run === '') return;
    const query = epoch === undefined ? '' : `?epoch=${epoch}`;
    try {
      store.weights = await store.source.get<Weights>(runPath(run, `/weights${query}`));
    } catch {
      // The run is gone; the list of runs will say so.
      return;
    }
    store.tell('weights');
  });
  store.on(['picture', 'chosen'], features);
  store.on(['chosen'], weights);
  // While it trains, about once a second: an eye sees no more of it, and the training notices nothing.
  let last = 0;
  const refresh = (isUrgent: boolean): void => {
    const now = performance.now();
    const { epoch, chosen } = store;
    if (epoch !== 'now' || document.hidden) return;
    if (!isUrgent && (now - last < beat || chosen?.summary.state !== 'training')) return;
    last = now;
    features();
    weights();
  };
  store.on(['epoch'], () => refresh(true));
  store.on(['losses'], () => refresh(false));
}

const images = new Map<string, Promise<TestImage & { pixels: Float32Array }>>();

/** A test image, asked for once. */
export function testImage(
  store: Store,
  index: number,
): Promise<TestImage & { pixels: Float32Array }> {
  const path = `/api/images/${index}?run=${encodeURIComponent(store.run)}`;
  const known = images.get(path);
  if (known !== undefined) return known;
  const asked = store.source
    .get<TestImage>(path)
    .then((image) => ({ ...image, pixels: unpack(image.values) }));
  images.set(path, asked);
  asked.catch(() => images.delete(path));
  return asked;
}

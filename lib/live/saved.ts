import { toJson } from '../run/json.js';
import { savedPage } from './files.js';
import type { View } from './view.js';

const mostMistakes = 12;
// Of more epochs the file would be some MB: the first and last ones, and others evenly between.
const mostEpochs = 16;

/** A run as one HTML file that needs no server: the page, and what the server would have answered. */
export async function savedRun(view: View): Promise<string> {
  const { run } = view;
  const path = `/api/runs/${encodeURIComponent(run.name)}`;
  const name = encodeURIComponent(run.name);
  const epochs = spread(run.kept, mostEpochs);
  const detail = { ...(await view.detail()), writable: false, kept: epochs };
  const answers: Record<string, unknown> = {
    '/api/runs': { runs: [{ ...run.summary, writable: false }] },
    [path]: detail,
    [`${path}/losses?points=2000`]: run.losses.thinned(2000),
  };
  const isTested = (detail.images ?? 0) > 0;
  const images = isTested ? await view.firstOfEachClass() : [];
  for (const index of images) answers[`/api/images/${index}?run=${name}`] = await view.image(index);
  for (const epoch of epochs) {
    answers[`${path}/weights?epoch=${epoch}`] = await view.weights(epoch);
    if (isTested) answers[`${path}/confusion?epoch=${epoch}`] = await view.confusion(epoch);
    for (const index of images) Object.assign(answers, await looks(view, index, epoch));
  }
  // The mistakes that a click shows, as the last epoch's network sees them.
  const last = epochs.at(-1);
  if (isTested && last !== undefined) {
    const { mistakes } = await view.confusion(last);
    for (const { index } of mistakes.slice(0, mostMistakes)) {
      answers[`/api/images/${index}?run=${name}`] = await view.image(index);
      Object.assign(answers, await looks(view, index, last));
    }
  }
  return savedPage(run.name, plain(answers));
}

// What the network of an epoch makes of a test image.
async function looks(view: View, index: number, epoch: number): Promise<Record<string, unknown>> {
  const query = `run=${encodeURIComponent(view.run.name)}&epoch=${epoch}`;
  return {
    [`/api/features?${query}&image=${index}`]: await view.features({ index }, epoch),
    [`/api/decisive?${query}&method=gradient&image=${index}`]: await view.decisive(
      { index },
      epoch,
      'gradient',
    ),
  };
}

function spread(all: readonly number[], most: number): number[] {
  if (all.length <= most) return [...all];
  return Array.from(
    { length: most },
    (_, i) => all[Math.round((i * (all.length - 1)) / (most - 1))]!,
  );
}

// With the numbers that JSON lacks as texts, as answers have them.
const plain = (answers: Record<string, unknown>): Record<string, unknown> =>
  JSON.parse(toJson(answers)) as Record<string, unknown>;

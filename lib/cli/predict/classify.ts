import { usefulThreads } from '../../context/quota.js';
import { type FileImages, imagesIn } from '../../data/images/contents.js';
import type { Invert } from '../../data/images/prepare.js';
import { objectiveOf } from '../../engine/objective.js';
import { turn } from '../../engine/turn.js';
import { reasonOf } from '../../files/readError.js';
import type { LoadedModel } from '../model/weights.js';
import type { Torch } from '../torch.js';
import type { ImageFile } from './imageFiles.js';

/** What a network says of one image. */
export interface Classification {
  readonly file: string;
  /** The image's number in its file, where that holds several. */
  readonly index: number | undefined;
  /** Classes by probability, the likeliest first. */
  readonly classes: readonly { readonly label: number; readonly probability: number }[];
}

/** Who is told what comes out, in the order of the files. */
export interface ClassifyReport {
  /** @param outputs - How many classes the network has. */
  onClassified(results: readonly Classification[], outputs: number): void;
  onUnreadable(file: string, reason: string): void;
  /** @param more - Images that are expected now in addition to one per file. */
  onProgress(done: number, more: number): void;
}

/** Options of {@link classify}. */
export interface ClassifyOptions {
  readonly invert: Invert;
  /** How many classes each image is given, integer ≥ 1. */
  readonly top: number;
}

// Large enough for all threads of the engine.
const batchSize = 1024;
// A batch does not wait longer for its last images where each takes long.
const patienceMs = 200;
// Images as Fashion-MNIST has them; what a network needs beyond is its transform's business.
const [height, width] = [28, 28];

interface Batch {
  readonly places: Pick<Classification, 'file' | 'index'>[];
  readonly pixels: Uint8Array;
}

/**
 * Classifies all images of the files: while a batch is computed, the next one is decoded. However many
 * files there are, two batches and a few files are held.
 */
export async function classify(
  torch: Torch,
  model: LoadedModel,
  files: readonly ImageFile[],
  options: ClassifyOptions,
  report: ClassifyReport,
): Promise<void> {
  let batch = newBatch();
  let computed = Promise.resolve();
  let done = 0;
  let sinceMs = performance.now();
  const compute = async (): Promise<void> => {
    const full = batch;
    batch = newBatch();
    await computed;
    computed = classifyBatch(torch, model, full, options.top).then(({ results, outputs }) => {
      report.onClassified(results, outputs);
      done += results.length;
      report.onProgress(done, 0);
    });
    // It is awaited later: until then its failure is not unhandled.
    computed.catch(() => {});
    // The prediction starts with the next turn.
    await turn();
    sinceMs = performance.now();
  };
  for await (const { file, images, problem } of readAhead(files, options)) {
    if (images === undefined) {
      report.onUnreadable(file, problem);
      report.onProgress(done, -1);
      continue;
    }
    if (images.count > 1) report.onProgress(done, images.count - 1);
    for (let i = 0; i < images.count; i++) {
      batch.pixels.set(images.prepare(i), batch.places.length * height * width);
      batch.places.push({ file, index: images.numbered ? i : undefined });
      const late = performance.now() - sinceMs > patienceMs;
      if (batch.places.length === batchSize || late) await compute();
    }
  }
  if (batch.places.length > 0) await compute();
  await computed;
}

function newBatch(): Batch {
  const pixels = new Uint8Array(batchSize * height * width);
  return { places: [], pixels };
}

type Opened =
  | { file: string; images: FileImages; problem?: never }
  | { file: string; images?: never; problem: string };

// Large images are decoded on threads of Node's pool: so many at a time, in order.
async function* readAhead(
  files: readonly ImageFile[],
  options: ClassifyOptions,
): AsyncGenerator<Opened, void> {
  const depth = Math.min(4, usefulThreads());
  const waiting: Promise<Opened>[] = [];
  for (const file of files) {
    waiting.push(open(file, options));
    if (waiting.length === depth) yield await waiting.shift()!;
  }
  while (waiting.length > 0) yield await waiting.shift()!;
}

async function open(file: ImageFile, { invert }: ClassifyOptions): Promise<Opened> {
  const { name } = file;
  if ('problem' in file) return { file: name, problem: file.problem };
  try {
    const bytes = await file.read();
    return { file: name, images: await imagesIn(bytes, name, { size: [height, width], invert }) };
  } catch (error) {
    const reason = reasonOf(error);
    const prefix = `${name}: `;
    return {
      file: name,
      problem: reason.startsWith(prefix) ? reason.slice(prefix.length) : reason,
    };
  }
}

async function classifyBatch(
  torch: Torch,
  model: LoadedModel,
  { places, pixels }: Batch,
  top: number,
): Promise<{ results: Classification[]; outputs: number }> {
  const count = places.length;
  const images = torch
    .tidy(() => {
      const bytes = pixels.subarray(0, count * height * width);
      const shaped = torch.tensor(bytes, { shape: [count, 1, height, width] });
      return model.net.transform().forward(shaped);
    })
    .keep();
  const outputs = await torch.predict(model.net, images).finally(() => images.dispose());
  try {
    return torch.tidy(() => {
      const k = Math.min(top, outputs.shape[1]!);
      const best = objectiveOf(model.net).scores(outputs).softmax(1).topk(k);
      const [values, labels] = best.map((part) => Array.from(part.data(), Number));
      const results = places.map((place, row) => ({
        ...place,
        classes: Array.from({ length: k }, (_, i) => ({
          label: labels![row * k + i]!,
          probability: values![row * k + i]!,
        })),
      }));
      return { results, outputs: outputs.shape[1]! };
    });
  } finally {
    outputs.dispose();
  }
}

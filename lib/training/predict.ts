import { atMost } from '../argument/atMost.js';
import { anything, oneOf } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { type PlainImages, toPixels } from '../data/images/batch.js';
import type { Invert } from '../data/images/prepare.js';
import type { EngineChoice } from '../engine/choice.js';
import { invalidArgument } from '../error.js';
import type { Module } from '../nn/index.js';
import { DistributedDataParallel } from '../nn/parallel/index.js';
import { Tensor } from '../tensor/index.js';
import { Predictor } from './predictor.js';

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Who runs the model, as in `train`. Default `'auto'`. */
  engine?: Exclude<EngineChoice, 'graph'> | undefined;
  /** For images that are no tensor: shape of one as the model takes it. Default `[1, 28, 28]`. */
  shape?: readonly [number, number, number] | undefined;
  /** For decoded images: whether light and dark are exchanged. Default `'auto'`, by the border. */
  invert?: Invert | undefined;
}

const spec = {
  // Graphs are for training.
  engine: oneOf('auto', 'eager', 'fused').or('auto'),
  shape: anything<readonly [number, number, number]>('a shape').optional(),
  invert: anything<Invert>('a choice').optional(),
} satisfies SpecOf<PredictOptions>;
const noOptions = readOptions('predict', spec, undefined);

/**
 * A model's scores in evaluation mode, without gradients: what `net.forward` gives, computed by the
 * fused engine where it supports the model. Calls that are made in one turn of the event loop are
 * computed together; large batches run on threads of their own. When the promise settles, the model is
 * free: it may be trained at once.
 *
 * The model is taken as it is at each call: before the fused engine answers, the JavaScript of `forward` is run with
 * tensors that have sizes and no elements, and every operator that it calls is compared with what was seen before.
 * So whatever `forward` reads may change at any time. Its own effects (a counter, a line on the console)
 * happen at each call, once for all callers with as many images, and again where the comparison fails; at the first call
 * they happen a few times more. A tensor that it keeps is released afterwards. What cannot be noticed is memory that is
 * changed behind libtorch's back.
 *
 * @param images - A tensor `(N, C, H, W)` as the model takes it, not to be changed or released before
 *   the promise settles. Or the values of N images side by side: bytes 0–255, which become 0–1, or
 *   float32 as given. Or one or more decoded images `{ data, width, height, channels }`, made grey,
 *   scaled to `options.shape` and inverted as docs/predict.md says. What is no tensor goes to the model's
 *   device.
 * @returns `(N, K)` for a model of K classes, on its device; to be disposed of by the caller.
 * @throws {TypeError} `ERR_INVALID_ARG` for an argument of the wrong kind.
 * @throws {TorchError} `ERR_MODEL_BUSY` while the model is trained, `ERR_ENGINE_UNSUPPORTED`,
 *   `ERR_TENSOR_RELEASED`, `ERR_LIBTORCH`.
 * @example
 * const scores = await torch.predict(net, images);
 * scores.shape; // → [ 4, 10 ]
 */
export function predict(
  net: Module,
  images: Tensor | PlainImages,
  options?: PredictOptions,
): Promise<Tensor> {
  atMost('predict', 3, arguments.length);
  try {
    return predictImages(net, images, options);
  } catch (error) {
    return Promise.reject(error);
  }
}

function predictImages(
  net: Module,
  images: Tensor | PlainImages,
  options: PredictOptions | undefined,
): Promise<Tensor> {
  // Each process predicts what it is given.
  const predictor = Predictor.of(net instanceof DistributedDataParallel ? net.module : net);
  if (images instanceof Tensor && images.ndim === 0) {
    throw invalidArgument('predict: images: expected a Tensor (N, C, H, W)');
  }
  const { engine, shape, invert } =
    options === undefined ? noOptions : readOptions('predict', spec, options);
  if (images instanceof Tensor) return predictor.predict(images, engine);
  return predictor.predictPixels(toPixels('predict', images, { shape, invert }), engine);
}

import { type EngineChoice, requireEngineChoice } from './engine/plan.js';
import { Predictor } from './engine/predictor.js';
import { invalidArgument } from './error.js';
import { Module } from './nn/index.js';
import { Tensor } from './tensor/index.js';

/** Options of {@link predict}. */
export interface PredictOptions {
  /** Who runs the model, as in `train`. Default `'auto'`. */
  engine?: EngineChoice | undefined;
}

/**
 * A model's scores in evaluation mode, without gradients: what `net.forward` gives, computed by the
 * fused engine where it supports the model. Calls that are made in one turn of the event loop are
 * computed together; large batches run on threads of their own.
 *
 * @param images - `(N, C, H, W)`, as the model takes them; not to be changed or released before the
 *   promise settles.
 * @returns `(N, K)` for a model of K classes; to be disposed of by the caller.
 * @throws {TypeError} `ERR_INVALID_ARG` for an argument of the wrong kind.
 * @throws {TorchError} `ERR_MODEL_BUSY` while the model is trained, `ERR_ENGINE_UNSUPPORTED`,
 *   `ERR_TENSOR_RELEASED`, `ERR_LIBTORCH`.
 */
export async function predict(
  net: Module,
  images: Tensor,
  options: PredictOptions = {},
): Promise<Tensor> {
  if (!(net instanceof Module)) throw invalidArgument('predict: net: expected a Module');
  if (!(images instanceof Tensor) || images.ndim === 0) {
    throw invalidArgument('predict: images: expected a Tensor (N, C, H, W)');
  }
  if (typeof options !== 'object' || options === null) {
    throw invalidArgument('predict: options: expected an object');
  }
  requireEngineChoice('predict', options.engine);
  return await Predictor.of(net).predict(images, options.engine ?? 'auto');
}

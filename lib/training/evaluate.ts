import { atMost } from '../argument/atMost.js';
import { oneOf, signalKind } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { type Device, type DeviceLike, requireDevice } from '../context/device.js';
import { areBatches, type LaterBatches, refuseEmpty } from '../data/loader/dataloader.js';
import { ownPartOf } from '../data/loader/shares.js';
import { type EngineChoice, engineChoices } from '../engine/choice.js';
import { Engines } from '../engine/choose.js';
import type { ModelFunction } from '../engine/engine.js';
import type { Counts } from '../engine/pass.js';
import { Peers } from '../engine/peers.js';
import { invalidArgument } from '../error.js';
import { Module } from '../nn/index.js';
import { DistributedDataParallel } from '../nn/parallel/index.js';
import { interruptible } from '../notebook/interrupt.js';
import { beginUse } from '../observe/busy.js';

export type { ModelFunction } from '../engine/engine.js';

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /**
   * Stops at the next batch; the promise rejects with the signal's reason. A notebook's Interrupt does the same. Default:
   * none.
   */
  signal?: AbortSignal | undefined;
  /**
   * Who runs the model: `'eager'`, `'fused'`, or `'graph'`: a captured CUDA graph. The last two are errors where
   * they do not support model or data. Default `'auto'`: fused where it can be, else eager.
   */
  engine?: EngineChoice | undefined;
}

const spec = {
  signal: signalKind.optional(),
  engine: oneOf(...engineChoices).or('auto'),
} satisfies SpecOf<EvaluateOptions>;

/**
 * Share of the examples whose largest score is that of their class; mirrors the chapter's
 * `evaluate_accuracy`. Other tasks run meanwhile. The scores are the model's outputs, or what its
 * property `objective` makes of them.
 *
 * @param dataIter - Batches of images and int64 labels `(N)`.
 * @param net - A module, evaluated in evaluation mode without gradients, its modes restored; or a
 *   function from images to scores `(N, K)`. With a `DistributedDataParallel` all its processes call this, each with its
 *   share of the examples (`data.DistributedSampler`), and all get the accuracy of all of them.
 * @param device - Where to evaluate. Default: where the module's first parameter is.
 * @returns The accuracy, a fraction 0–1.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but batches, and a module or a function.
 * @throws {TorchError} `ERR_DATA_EMPTY` without batches, `ERR_MODEL_BUSY` while the model is trained,
 *   `ERR_ENGINE_UNSUPPORTED` for an engine that was asked for by name and does not run this.
 * @example
 * const accuracy = await torch.evaluate(testIter, net);
 * accuracy >= 0 && accuracy <= 1; // → true
 */
export async function evaluate(
  dataIter: LaterBatches,
  net: Module | ModelFunction,
  device?: DeviceLike | null,
  options?: EvaluateOptions,
): Promise<number> {
  atMost('evaluate', 4, arguments.length);
  if (!areBatches(dataIter)) {
    throw invalidArgument('evaluate: dataIter: expected an iterable of [images, labels]');
  }
  if (!(net instanceof Module) && typeof net !== 'function') {
    throw invalidArgument('evaluate: net: expected a Module or a function');
  }
  const { engine, signal: given } = readOptions('evaluate', spec, options);
  const endUse = beginUse(net, 'evaluate');
  const peers = net instanceof DistributedDataParallel ? new Peers(net) : undefined;
  const engines = new Engines(engine);
  const total = async (signal: AbortSignal | undefined): Promise<Counts> => {
    const own = async (): Promise<Counts> => {
      signal?.throwIfAborted();
      peers?.model.syncBuffers();
      const batches = peers === undefined ? dataIter : ownPartOf(dataIter);
      const model = net instanceof DistributedDataParallel ? net.module : net;
      const { pass } = engines.evaluation({ net: model, batches, device: placeOf(net, device) });
      return pass.run(signal).finally(() => pass.dispose());
    };
    return peers?.total(own, signal) ?? own();
  };
  try {
    const { correct, count } = await interruptible(given, total);
    if (count === 0) refuseEmpty('evaluate');
    return correct / count;
  } finally {
    engines.dispose();
    endUse();
  }
}

function placeOf(
  net: Module | ModelFunction,
  device: DeviceLike | null | undefined,
): Device | undefined {
  const [first] = net instanceof Module ? net.parameters() : [];
  return device ? requireDevice(device) : first?.device;
}

import { anything, signalKind } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';
import { type Device, type DeviceLike, requireDevice } from '../context/device.js';
import type { BatchIterable } from '../data/loader/dataloader.js';
import { refuseEmpty } from '../data/loader/dataloader.js';
import { residentOn } from '../data/loader/resident.js';
import { evaluateEagerly, type ModelFunction } from '../engine/eager/eager.js';
import { evaluateFused } from '../engine/fused/fused.js';
import {
  type EngineChoice,
  planEvaluation,
  refuse,
  requireEngineChoice,
} from '../engine/fused/plan.js';
import { evaluateGraph, Graphs } from '../engine/graph/graph.js';
import { invalidArgument } from '../error.js';
import { Module } from '../nn/index.js';
import { beginUse } from '../observe/busy.js';

export type { ModelFunction } from '../engine/eager/eager.js';

/** Options of {@link evaluate}. */
export interface EvaluateOptions {
  /** Stops at the next batch; the promise rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
  /**
   * Who runs the model: `'eager'`, `'fused'`, or `'graph'`: a captured CUDA graph. The last two are errors where
   * they do not support model or data. Default `'auto'`: fused where it can be, else eager.
   */
  engine?: EngineChoice | undefined;
}

const spec = {
  signal: signalKind.optional(),
  engine: anything<EngineChoice>('an engine').optional(),
} satisfies SpecOf<EvaluateOptions>;

/**
 * Share of the examples whose largest score is that of their class; mirrors the chapter's
 * `evaluate_accuracy`. Other tasks run meanwhile. The scores are the model's outputs, or what its
 * property `objective` makes of them.
 *
 * @param dataIter - Batches of images and int64 labels `(N)`.
 * @param net - A module, evaluated in evaluation mode without gradients, its modes restored; or a
 *   function from images to scores `(N, K)`.
 * @param device - Where to evaluate. Default: where the module's first parameter is.
 * @returns The accuracy, a fraction 0–1.
 * @throws {TorchError} `ERR_DATA_EMPTY` without batches, `ERR_MODEL_BUSY` while the model is trained,
 *   `ERR_ENGINE_UNSUPPORTED` for an engine that was asked for by name and does not run this.
 */
export async function evaluate(
  dataIter: BatchIterable,
  net: Module | ModelFunction,
  device?: DeviceLike | null,
  options?: EvaluateOptions,
): Promise<number> {
  if (typeof dataIter?.[Symbol.iterator] !== 'function') {
    throw invalidArgument('evaluate: dataIter: expected an iterable of [images, labels]');
  }
  if (!(net instanceof Module) && typeof net !== 'function') {
    throw invalidArgument('evaluate: net: expected a Module or a function');
  }
  const { engine, signal } = readOptions('evaluate', spec, options);
  requireEngineChoice('evaluate', engine);
  const endUse = beginUse(net, 'evaluate');
  try {
    const run = engine === 'graph' ? evaluateByGraph : evaluateBatches;
    return await run(dataIter, net, { engine, signal, device });
  } finally {
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

// Asked for by name, and there is nobody to be told of another engine: what it does not run is refused.
async function evaluateByGraph(
  dataIter: BatchIterable,
  net: Module | ModelFunction,
  { device, signal }: EvaluateOptions & { device?: DeviceLike | null | undefined },
): Promise<number> {
  const place = placeOf(net, device);
  if (!(net instanceof Module)) refuse('evaluate', 'the model is a plain function', 'graph');
  if (place?.type !== 'cuda') refuse('evaluate', 'the device is not a GPU', 'graph');
  signal?.throwIfAborted();
  const graphs = new Graphs();
  const resident = residentOn(dataIter, place);
  try {
    const decision = graphs.planEvaluation(net, resident.batches, place);
    if ('reason' in decision) refuse('evaluate', decision.reason, 'graph');
    const { correct, count } = await evaluateGraph(decision.plan, signal);
    return correct / count;
  } finally {
    graphs.dispose();
    resident.dispose();
  }
}

/** {@link evaluate} for a model that the caller may use although it is being trained. */
export async function evaluateBatches(
  dataIter: BatchIterable,
  net: Module | ModelFunction,
  options: EvaluateOptions & { device?: DeviceLike | null | undefined },
): Promise<number> {
  const { signal, engine = 'auto' } = options;
  const place = placeOf(net, options.device);
  signal?.throwIfAborted();
  const decision = planEvaluation('evaluate', engine, net, dataIter, place);
  const { correct, count } =
    'reason' in decision
      ? await evaluateEagerly(dataIter, net, place, signal)
      : await evaluateFused(decision.plan, dataIter, signal).finally(() =>
          decision.plan.table?.dispose(),
        );
  if (count === 0) refuseEmpty('evaluate');
  return correct / count;
}

import { enableGrad, noGrad } from '../../context/autograd.js';
import { onOneThread } from '../../context/oneThread.js';
import type { DataLoader } from '../../data/loader/dataloader.js';
import { type InMemory, inMemory } from '../../data/loader/inMemory.js';
import { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import { record } from '../../observe/recording.js';
import { Trail } from '../../observe/trail.js';
import type { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { batchSizes } from '../batchSizes.js';
import type { Decision, EvaluationTask, TrainingTask } from '../engine.js';
import { whyHooked } from '../hooks.js';
import { ownObjective } from '../objective.js';
import { probe } from '../probe.js';
import { hasUsableParameters, Misfit, readChain, sameChain, type TrailedChain } from './chain.js';
import { type FittingOptimizer, fitOptimizer } from './fit.js';
import { library } from './library.js';
import { pixelTable, type Session, sessionOf } from './session.js';

/** What a fused pass over a loader's data needs. */
export interface FusedPlan {
  readonly session: Session;
  readonly data: InMemory;
  /** Kept, for the plan's user to dispose of. */
  readonly table: Tensor | undefined;
}

/** The same for training. */
export interface FusedTraining extends FusedPlan {
  readonly fitting: FittingOptimizer;
}

/**
 * Looks at what a model does with copies of the first image, twice and with different numbers of them: a
 * forward pass may branch, or be written for one batch size.
 */
export function chainOf(net: Module, images: Tensor, trains: boolean): TrailedChain | Misfit {
  const reason = whyHooked(net, trains);
  if (reason !== undefined) return new Misfit(reason);
  try {
    const look = (count: number) => {
      const { ndim } = images;
      const copies = images
        .detach()
        .narrow(0, 0, 1)
        .repeat(count, ...Array(ndim - 1).fill(1));
      const recording = record(net, copies, trains);
      const chain = readChain(recording, trains);
      if (chain instanceof Misfit) throw chain;
      return { chain, notes: recording.notes };
    };
    const first = look(2);
    const second = look(3);
    const trail = Trail.of(first.notes, second.notes);
    if (trail === undefined || !sameChain(first.chain, second.chain)) {
      return new Misfit('the forward pass does not do the same in each call');
    }
    return { ...second.chain, trail };
  } catch (error) {
    if (error instanceof Misfit) return error;
    return new Misfit(`the forward pass fails: ${(error as Error).message}`);
  }
}

// What a model was found to do when it was looked at last, in training and in evaluation.
const found = {
  trains: new WeakMap<Module, TrailedChain>(),
  tests: new WeakMap<Module, TrailedChain>(),
};

// As chainOf(). A model that was looked at is followed along what it did: nothing is computed for that.
function knownChainOf(
  net: Module,
  images: Tensor,
  sizes: readonly number[],
  trains: boolean,
): TrailedChain | Misfit {
  const known = found[trains ? 'trains' : 'tests'];
  const leads = ({ trail }: TrailedChain): boolean =>
    sizes.every((size) =>
      (trains ? enableGrad : noGrad)(() => trail.leadsFor(size, (some) => net.forward(some))),
    );
  const last = known.get(net);
  const isOfKind =
    last?.dtype === images.dtype && String(last.image) === String(images.shape.slice(1));
  if (
    isOfKind &&
    whyHooked(net, trains) === undefined &&
    hasUsableParameters(last, trains) &&
    leads(last)
  )
    return last;
  known.delete(net);
  const chain = tidy(() => chainOf(net, images, trains));
  if (chain instanceof Misfit) return chain;
  if (!leads(chain))
    return new Misfit('the forward pass does not do the same with batches of each size');
  known.set(net, chain);
  return chain;
}

function decide(net: Module, loader: unknown, trains: boolean): Decision<FusedPlan> {
  if (ownObjective(net) !== undefined) return { reason: 'the model has an objective of its own' };
  library();
  const data = inMemory(loader);
  if (typeof data === 'string') return { reason: data };
  if (data.images.numel() === 0) return { reason: 'there are no images' };
  const sizes = batchSizes(loader as DataLoader);
  const chain = onOneThread(() => tidy(() => knownChainOf(net, probe(data), sizes, trains)));
  if (chain instanceof Misfit) return { reason: chain.reason };
  const classes = chain.layers.at(-1)!.outputs!;
  const [least, most] = onOneThread(() =>
    tidy(() => [data.labels.min().item(), data.labels.max().item()].map(Number)),
  );
  if (least! < 0 || most! >= classes)
    return { reason: `the labels are not all 0 … ${classes - 1}` };
  const isTable = data.images.dtype === 'uint8';
  if (!isTable && chain.pixelSteps.length > 0) {
    return { reason: `${chain.pixelSteps[0]!.name}: a layer is expected here` };
  }
  const table = isTable ? pixelTable(chain, data.table) : undefined;
  return { plan: { session: sessionOf(net, chain), data, table } };
}

/** Whether the fused engine can train a model so, as everything is now. */
export function planTraining({ net, batches, optimizer }: TrainingTask): Decision<FusedTraining> {
  const decision = decide(net, batches, true);
  if ('reason' in decision) return decision;
  const { parameters } = decision.plan.session.chain;
  for (const { params } of optimizer.paramGroups) optimizer.followParameters(params);
  const fitting = fitOptimizer(
    optimizer,
    parameters.filter((parameter) => parameter !== null),
  );
  if (typeof fitting !== 'string') return { plan: { ...decision.plan, fitting } };
  decision.plan.table?.dispose();
  return { reason: fitting };
}

/** Whether the fused engine can evaluate a model so, as everything is now. */
export function planEvaluation({ net, batches, device }: EvaluationTask): Decision<FusedPlan> {
  if (!(net instanceof Module)) return { reason: 'the model is a plain function' };
  if (device === undefined) return { reason: 'the device is not the CPU' };
  return inEvalMode(net, () => decide(net, batches, false));
}

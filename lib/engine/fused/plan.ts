import { inspect } from 'node:util';

import { enableGrad, noGrad } from '../../context/autograd.js';
import type { Device } from '../../context/device.js';
import { getNumThreads, setNumThreads } from '../../context/threads.js';
import type { DataLoader } from '../../data/loader/dataloader.js';
import { asGiven, type InMemory, inMemory } from '../../data/loader/inMemory.js';
import { invalidArgument, TorchError } from '../../error.js';
import { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import { record } from '../../observe/recording.js';
import { Trail } from '../../observe/trail.js';
import type { Optimizer } from '../../optim/index.js';
import type { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { batchSizes } from '../batchSizes.js';
import { ownObjective } from '../objective.js';
import { Misfit, readChain, sameChain, type TrailedChain } from './chain.js';
import { type FittingOptimizer, fitOptimizer } from './fit.js';
import { library } from './library.js';
import { pixelTable, type Session, sessionOf } from './session.js';

/** Who is to run a model. */
export const engineChoices = ['auto', 'eager', 'fused', 'graph'] as const;
export type EngineChoice = (typeof engineChoices)[number];

/** @throws {TypeError} `ERR_INVALID_ARG` for anything but one of the choices or `undefined`. */
export function requireEngineChoice(
  what: string,
  value: unknown,
  choices: readonly EngineChoice[] = engineChoices,
): void {
  if (value === undefined || (choices as readonly unknown[]).includes(value)) return;
  const names = choices.map((name) => `'${name}'`);
  const expected = `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
  throw invalidArgument(`${what}: engine: expected ${expected}, got ${inspect(value)}`);
}

/** What a fused pass over a loader's data needs. */
export interface FusedPlan {
  readonly session: Session;
  readonly data: InMemory;
  /** Kept, for the plan's user to dispose of. */
  readonly table: Tensor | undefined;
}

/** A plan, or why there is none. */
export type Decision<Plan> = { readonly plan: Plan } | { readonly reason: string };

/** Says that an engine was asked for that cannot run this. */
export function refuse(what: string, reason: string, engine = 'fused'): never {
  throw new TorchError('ERR_ENGINE_UNSUPPORTED', `${what}: engine: '${engine}': ${reason}`);
}

/**
 * Looks at what a model does with copies of the first image, twice and with different numbers of them: a
 * forward pass may branch, or be written for one batch size. So few images need no second thread.
 */
export function chainOf(net: Module, images: Tensor, trains: boolean): TrailedChain | Misfit {
  const threads = getNumThreads();
  setNumThreads(1);
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
  } finally {
    setNumThreads(threads);
  }
}

/** The first images, as the loader would give them. */
export function probe(data: InMemory, most = 3): Tensor {
  return asGiven(data, data.images.narrow(0, 0, Math.min(most, data.images.shape[0]!)));
}

function decide(net: Module, loader: unknown, trains: boolean): Decision<FusedPlan> {
  if (ownObjective(net) !== undefined) return { reason: 'the model has an objective of its own' };
  library();
  const data = inMemory(loader);
  if (typeof data === 'string') return { reason: data };
  if (data.images.numel() === 0) return { reason: 'there are no images' };
  const chain = tidy(() => chainOf(net, probe(data), trains));
  if (chain instanceof Misfit) return { reason: chain.reason };
  const sizes = batchSizes(loader as DataLoader);
  const { trail } = chain;
  const isSame = (size: number) => trail.leadsFor(size, (images) => net.forward(images));
  if (!sizes.every((size) => (trains ? enableGrad : noGrad)(() => isSame(size)))) {
    return { reason: 'the forward pass does not do the same with batches of each size' };
  }
  const classes = chain.network.at(-3)!;
  const [least, most] = tidy(() =>
    [data.labels.min().item(), data.labels.max().item()].map(Number),
  );
  if (least! < 0 || most! >= classes)
    return { reason: `the labels are not all 0 … ${classes - 1}` };
  const isTable = data.images.dtype === 'uint8';
  if (!isTable && chain.pixelSteps.length > 0) {
    return { reason: `${chain.pixelSteps[0]!.name}: a convolution is expected here` };
  }
  const table = isTable ? pixelTable(chain, data.table) : undefined;
  return { plan: { session: sessionOf(net, chain), data, table } };
}

/** Whatever keeps an engine from running is a reason to do without it, except a wrong setting. */
export function orReason<Plan>(make: () => Decision<Plan>): Decision<Plan> {
  try {
    return make();
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_ENGINE_UNSUPPORTED') throw error;
    return { reason: (error as Error).message };
  }
}

function guarded<Plan>(what: string, choice: EngineChoice, make: () => Decision<Plan>) {
  const isAsked = choice === 'auto' || choice === 'fused';
  const decision = isAsked ? orReason(make) : { reason: 'asked for' };
  if (choice === 'fused' && 'reason' in decision) refuse(what, decision.reason);
  return decision;
}

/** Whether the fused engine can train a model so, as everything is now. */
export function planTraining(
  choice: EngineChoice,
  net: Module,
  loader: unknown,
  optimizer: Optimizer<object>,
  device: Device,
): Decision<FusedPlan & { readonly fitting: FittingOptimizer }> {
  return guarded('train', choice, () => {
    if (device.type !== 'cpu') return { reason: 'the device is not the CPU' };
    const decision = decide(net, loader, true);
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
  });
}

/** Whether the fused engine can evaluate a model so, as everything is now. */
export function planEvaluation(
  what: string,
  choice: EngineChoice,
  net: unknown,
  loader: unknown,
  device: Device | undefined,
): Decision<FusedPlan> {
  return guarded(what, choice, () => {
    if (!(net instanceof Module)) return { reason: 'the model is a plain function' };
    if (device?.type !== 'cpu') return { reason: 'the device is not the CPU' };
    return inEvalMode(net, () => decide(net, loader, false));
  });
}

import type { Device } from '../../context/device.js';
import { openGraphs } from '../../cuda/graph.js';
import type { DataLoader, LaterBatches } from '../../data/loader/dataloader.js';
import { type InMemory, inMemory } from '../../data/loader/inMemory.js';
import type { ErrorCode } from '../../error.js';
import type { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import { type Recording, record } from '../../observe/recording.js';
import { Trail } from '../../observe/trail.js';
import { capturableSteps } from '../../optim/claims.js';
import type { Optimizer } from '../../optim/index.js';
import { tidy } from '../../tensor/scope.js';
import { fullBatch } from '../batchSizes.js';
import type { Decision } from '../engine.js';
import { whyHooked } from '../hooks.js';
import { probe } from '../probe.js';
import {
  type Capture,
  CapturedPass,
  captureOnCuda,
  type Passage,
  type Program,
} from './capture.js';
import { EvaluationStep } from './evaluationStep.js';
import { TrainingStep } from './trainingStep.js';

// Why a step failed while it was captured, where that is a reason to do without. Want of memory is one: graphs
// need memory of their own, and what the allocator keeps cannot always be had for them.
function whyNotCaptured(error: unknown): string {
  const { code, message } = error as { code?: ErrorCode; message: string };
  if (code === 'ERR_CUDA_CONTEXT_LOST') throw error;
  return `the step cannot be captured: ${message}`;
}

// What a forward pass does, with two numbers of images. One that reads a number on the host would wait for the GPU,
// which no capture allows.
function passageOf(net: Module, data: InMemory, trains: boolean): Passage | string {
  const [first, second] = [2, 3].map((count) => {
    const images = probe(data, count);
    return trains ? record(net, images, true) : inEvalMode(net, () => record(net, images, false));
  }) as [Recording, Recording];
  const read = first.calls.find(
    (call) => Object.keys(call.arguments).length === 0 && call.results.length === 0,
  );
  if (read !== undefined) {
    return ['item', 'data'].includes(read.name)
      ? `the forward pass reads a value on the host (${read.name})`
      : `its backward calls JavaScript (${read.name})`;
  }
  return { trail: Trail.of(first.notes, second.notes), trains };
}

/** The captured steps of a training: kept from epoch to epoch as long as they fit. */
export class Graphs {
  readonly #capture: Capture;
  #training: CapturedPass<TrainingStep> | undefined;
  #evaluation: CapturedPass<EvaluationStep> | undefined;
  // What could not be captured once is not tried again in each epoch.
  readonly #refusals = new Map<boolean, { reason: string }>();

  /** @param capture - Default: on CUDA. */
  constructor(capture: Capture = captureOnCuda) {
    this.#capture = capture;
  }

  /**
   * Captures the steps of a pass that trains, where that is not done yet, or says why they cannot be.
   * @param loader - With its data set on the device.
   * @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` without the library for graphs; `ERR_CUDA_CONTEXT_LOST`.
   */
  planTraining(
    net: Module,
    loader: LaterBatches,
    optimizer: Optimizer<object>,
    device: Device,
  ): Decision<CapturedPass<TrainingStep>> {
    const steps = capturableSteps(optimizer);
    if (typeof steps === 'string') return { reason: steps };
    const known = this.#training;
    const isSame = known?.program.optimizer === optimizer && known.fits(loader);
    if (isSame && whyHooked(net, true) === undefined) return { plan: known };
    known?.dispose();
    this.#training = undefined;
    const decision = this.#plan(true, net, loader, device, (data, ...sizes) => {
      return new TrainingStep(net, data, { optimizer, steps }, ...sizes);
    });
    if ('plan' in decision) {
      this.#training = decision.plan;
      decision.plan.program.settle();
    }
    return decision;
  }

  /** As {@link planTraining}, for a pass that evaluates. */
  planEvaluation(
    net: Module,
    loader: LaterBatches,
    device: Device,
  ): Decision<CapturedPass<EvaluationStep>> {
    if (this.#evaluation?.fits(loader) && whyHooked(net, false) === undefined) {
      return { plan: this.#evaluation };
    }
    this.#evaluation?.dispose();
    this.#evaluation = undefined;
    const decision = this.#plan(false, net, loader, device, (...given) => {
      return new EvaluationStep(net, ...given);
    });
    if ('plan' in decision) this.#evaluation = decision.plan;
    return decision;
  }

  #plan<P extends Program>(
    trains: boolean,
    net: Module,
    loader: LaterBatches,
    device: Device,
    make: (data: InMemory, batchSize: number, examples: number) => P,
  ): Decision<CapturedPass<P>> {
    const refusal = this.#refusals.get(trains);
    if (refusal !== undefined) return refusal;
    const hooked = whyHooked(net, trains);
    if (hooked !== undefined) return { reason: hooked };
    const [first] = net.parameters();
    if (first === undefined) return { reason: 'the model has no parameters' };
    const data = inMemory(loader, first.deviceName, 'images');
    if (typeof data === 'string') return { reason: data };
    if (data.labels.dtype !== 'int64') return { reason: 'the labels are not int64' };
    if (data.images.numel() === 0) return { reason: 'there are no images' };
    if (device.type === 'cuda') openGraphs();
    const own = loader as unknown as DataLoader;
    try {
      const passage = tidy(() => passageOf(net, data, trains));
      if (typeof passage === 'string') return { reason: passage };
      const program = make(data, fullBatch(own), own.sampler.length!);
      return { plan: new CapturedPass(net, passage, own, data, program, this.#capture) };
    } catch (error) {
      const failed = { reason: whyNotCaptured(error) };
      this.#refusals.set(trains, failed);
      return failed;
    }
  }

  dispose(): void {
    this.#training?.dispose();
    this.#training = undefined;
    this.#evaluation?.dispose();
    this.#evaluation = undefined;
  }
}

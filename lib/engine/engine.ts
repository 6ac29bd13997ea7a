import type { Device } from '../context/device.js';
import type { Pixels } from '../data/images/batch.js';
import type { LaterBatches } from '../data/loader/dataloader.js';
import type { Module } from '../nn/index.js';
import type { Optimizer } from '../optim/index.js';
import type { Tensor } from '../tensor/index.js';
import type { Counts, EngineName, PassSums, PassWatch } from './pass.js';
import type { Peers } from './peers.js';

/** A model that is a plain function: called with `{ isTraining: false }` if it takes two arguments. */
export type ModelFunction = (images: Tensor, options: { isTraining: boolean }) => Tensor;

/** What is to be trained, as it is when an epoch begins. */
export interface TrainingTask {
  /** In training mode, on the device. */
  readonly net: Module;
  readonly batches: LaterBatches;
  readonly optimizer: Optimizer<object>;
  readonly device: Device;
  /** The other processes that train the same model, each with batches of its own. */
  readonly peers?: Peers | undefined;
}

/** What is to be evaluated. */
export interface EvaluationTask {
  readonly net: Module | ModelFunction;
  readonly batches: LaterBatches;
  /** `undefined`: where the batches are. */
  readonly device: Device | undefined;
}

/** What is to be predicted: images of one kind, of which more will come. */
export interface PredictionTask {
  readonly net: Module;
  /** One batch of the kind. */
  readonly images: Tensor;
}

/** A pass over a training's batches that an engine has made ready; to be run once. */
export interface TrainingPass {
  /** Why this engine, in words; `''` where it is for want of a better one. */
  readonly reason: string;
  /** What has to be the same where several processes run it, for their weights to stay the same bit for bit. */
  readonly variant?: string;
  /**
   * Trains to the end of the epoch. However it ends, parameters and optimizer are those of the last step taken.
   * @param sums - Where the pass goes on from; kept as {@link PassWatch} says.
   */
  run(sums: PassSums, watch: PassWatch): Promise<void>;
  /** Lets go of what the engine does not keep for the next pass. */
  dispose(): void;
}

/** As {@link TrainingPass}, for a pass that only counts. */
export interface EvaluationPass {
  run(signal: AbortSignal | undefined): Promise<Counts>;
  dispose(): void;
}

/** Scores for images of one kind, in evaluation mode and without gradients. */
export interface Prediction {
  /** Up to so many images are sooner computed by {@link run} than a thread is woken. */
  readonly atOnce: number;
  /**
   * Whether this still is what the model's forward pass does with such images; to be asked before each run.
   * @param shape - The images'.
   * @param modules - The model's.
   */
  holds(images: Tensor, shape: readonly number[], modules: readonly Module[]): boolean;
  /** As {@link holds} and {@link run} for a lone caller; `undefined` where more would have to be done than that. */
  answer(images: Tensor, shape: readonly number[], modules: readonly Module[]): Tensor | undefined;
  /** Whether {@link answerPixels} knows images of such a shape. */
  takesPixels(shape: Pixels['shape']): boolean;
  /** As {@link answer}, for images that are no tensor: none is made. */
  answerPixels(pixels: Pixels, modules: readonly Module[]): Tensor | undefined;
  /** Each caller's scores, on the caller's thread; they live on. */
  run(images: readonly Tensor[]): readonly Tensor[];
  /** The same on threads of their own, where the engine has some. */
  runInBackground?(images: Tensor): Promise<Tensor>;
  dispose(): void;
}

/** What an engine has made ready, or why it does not run this. */
export type Decision<Plan> = { readonly plan: Plan } | { readonly reason: string };

/**
 * Who can run a model: each answers for training, evaluation and prediction. An engine is made for one
 * training, evaluation or model that predicts, and keeps what the next pass may use again. What it is
 * asked may have changed between two passes.
 */
export interface Engine {
  readonly name: EngineName;
  /** The devices that it is for; `undefined`: all. */
  readonly deviceType: 'cpu' | 'cuda' | undefined;
  /** Whether it leaves a training that does not fit to the next engine, although it was asked for by name. */
  readonly yields: boolean;
  /** Whether it pays only in what has several passes. */
  readonly isForPasses: boolean;
  /** @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` where it cannot be had at all. */
  planTraining(task: TrainingTask): Decision<TrainingPass>;
  /** As {@link planTraining}. */
  planEvaluation(task: EvaluationTask): Decision<EvaluationPass>;
  /** As {@link planTraining}. */
  planPrediction(task: PredictionTask): Decision<Prediction>;
  dispose(): void;
}

import { Module } from '../../nn/index.js';
import type {
  Decision,
  Engine,
  EvaluationPass,
  EvaluationTask,
  Prediction,
  TrainingPass,
  TrainingTask,
} from '../engine.js';
import type { Capture } from './capture.js';
import { Graphs } from './graphs.js';
import { evaluateGraph, trainGraph } from './passes.js';

/** Steps on a GPU, each captured as a CUDA graph that one launch replays. */
export class GraphEngine implements Engine {
  readonly name = 'graph';
  readonly deviceType: Engine['deviceType'] = 'cuda';
  readonly yields = true;
  readonly isForPasses = true;
  readonly #graphs: Graphs;

  /** @param capture - Default: on CUDA. */
  constructor(capture?: Capture) {
    this.#graphs = new Graphs(capture);
  }

  planTraining({ net, batches, optimizer, device, peers }: TrainingTask): Decision<TrainingPass> {
    if (peers !== undefined) return { reason: 'what NCCL does between processes is not captured' };
    const decision = this.#graphs.planTraining(net, batches, optimizer, device);
    if ('reason' in decision) return decision;
    const { plan } = decision;
    const run: TrainingPass['run'] = (sums, watch) => trainGraph(plan, sums, watch);
    return { plan: { reason: 'the step is captured', run, dispose: () => {} } };
  }

  planEvaluation({ net, batches, device }: EvaluationTask): Decision<EvaluationPass> {
    if (!(net instanceof Module)) return { reason: 'the model is a plain function' };
    if (device === undefined) return { reason: 'the device is not a GPU' };
    const decision = this.#graphs.planEvaluation(net, batches, device);
    if ('reason' in decision) return decision;
    const { plan } = decision;
    const run: EvaluationPass['run'] = (signal) => evaluateGraph(plan, signal);
    return { plan: { run, dispose: () => {} } };
  }

  planPrediction(): Decision<Prediction> {
    return { reason: 'steps are captured for passes over a data set' };
  }

  dispose(): void {
    this.#graphs.dispose();
  }
}

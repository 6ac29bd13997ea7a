import { onOneThread } from '../../context/oneThread.js';
import { inEvalMode } from '../../observe/mode.js';
import { tidy } from '../../tensor/scope.js';
import type {
  Decision,
  Engine,
  EvaluationPass,
  EvaluationTask,
  Prediction,
  PredictionTask,
  TrainingPass,
  TrainingTask,
} from '../engine.js';
import { Misfit } from './chain.js';
import { isa } from './library.js';
import { evaluateFused, trainFused } from './passes.js';
import { chainOf, planEvaluation, planTraining } from './plan.js';
import { FusedPrediction } from './prediction.js';

/** The package's own engine for networks like LeNet on the CPU. */
export class FusedEngine implements Engine {
  readonly name = 'fused';
  readonly deviceType = 'cpu';
  readonly yields = false;
  readonly isForPasses = false;

  planTraining(task: TrainingTask): Decision<TrainingPass> {
    const decision = planTraining(task);
    if ('reason' in decision) return decision;
    const { plan } = decision;
    const variant = isa();
    const reason = `the model fits (${variant})`;
    const run: TrainingPass['run'] = (sums, watch) => trainFused(plan, task, sums, watch);
    return { plan: { reason, variant, run, dispose: () => plan.table?.dispose() } };
  }

  planEvaluation(task: EvaluationTask): Decision<EvaluationPass> {
    const decision = planEvaluation(task);
    if ('reason' in decision) return decision;
    const { plan } = decision;
    const run: EvaluationPass['run'] = (signal) => evaluateFused(plan, task.batches, signal);
    return { plan: { run, dispose: () => plan.table?.dispose() } };
  }

  planPrediction({ net, images }: PredictionTask): Decision<Prediction> {
    const look = () => onOneThread(() => tidy(() => chainOf(net, images, false)));
    const chain = inEvalMode(net, look);
    if (chain instanceof Misfit) return { reason: chain.reason };
    return { plan: new FusedPrediction(net, chain) };
  }

  dispose(): void {}
}

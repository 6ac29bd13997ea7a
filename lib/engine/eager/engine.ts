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
import { evaluateEagerly, trainEagerly } from './passes.js';
import { EagerPrediction } from './prediction.js';
import { trainTogether } from './together.js';

/** libtorch's operators, one by one: takes every model, all data and every optimizer. */
export class EagerEngine implements Engine {
  readonly name = 'eager';
  readonly deviceType = undefined;
  readonly yields = false;
  readonly isForPasses = false;

  planTraining(task: TrainingTask): Decision<TrainingPass> {
    const { peers } = task;
    const run: TrainingPass['run'] = (sums, watch) =>
      peers === undefined
        ? trainEagerly(task, sums, watch)
        : trainTogether(task, peers, sums, watch);
    return { plan: { reason: '', run, dispose: () => {} } };
  }

  planEvaluation(task: EvaluationTask): Decision<EvaluationPass> {
    const run: EvaluationPass['run'] = (signal) => evaluateEagerly(task, signal);
    return { plan: { run, dispose: () => {} } };
  }

  planPrediction({ net }: PredictionTask): Decision<Prediction> {
    return { plan: new EagerPrediction(net) };
  }

  dispose(): void {}
}

import type { Counts, PassSums, PassWatch } from '../pass.js';
import { turn } from '../turn.js';
import type { CapturedPass } from './capture.js';
import type { EvaluationStep } from './evaluationStep.js';
import type { TrainingStep } from './trainingStep.js';

// Steps between two turns of the event loop: a step takes the host some microseconds.
const stretch = 16;

/**
 * One epoch of captured steps: a launch each, without waiting for the device. Gradients are null
 * afterwards.
 * @param sums - Loss and right answers are complete at the end, or whenever a keeper is told of steps.
 */
export async function trainGraph(
  captured: CapturedPass<TrainingStep>,
  sums: PassSums,
  { meter, signal, keeper }: PassWatch,
): Promise<void> {
  const step = captured.program;
  const { examples, finish } = captured.begin(sums.count, keeper?.drawn);
  try {
    while (sums.count < examples) {
      await turn();
      const end = sums.batches + Math.min(stretch, keeper?.stepsToGo() ?? stretch);
      while (sums.batches < end && sums.count < examples) {
        signal?.throwIfAborted();
        sums.count += captured.launch(examples - sums.count);
        sums.batches++;
        meter?.step(sums.count);
      }
      if (keeper !== undefined) await keeper.stepped(step.moveTo(sums));
    }
    finish();
  } finally {
    step.settle();
    step.moveTo(sums);
  }
}

/** How many of a pass's examples a model gets right, and of how many; a launch for each batch. */
export async function evaluateGraph(
  captured: CapturedPass<EvaluationStep>,
  signal: AbortSignal | undefined,
): Promise<Counts> {
  const { examples, finish } = captured.begin(0);
  let count = 0;
  for (let batches = 0; count < examples; batches++) {
    if (batches % stretch === 0) await turn();
    signal?.throwIfAborted();
    count += captured.launch(examples - count);
  }
  finish();
  return { correct: captured.program.correct(), count };
}

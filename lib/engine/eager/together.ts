import { noGrad } from '../../context/autograd.js';
import { type LaterBatches, requireBatch } from '../../data/loader/dataloader.js';
import { lengthOf, resumePass } from '../../data/loader/position.js';
import { countedOf } from '../../data/loader/shares.js';
import { warnOfUnlisted } from '../../observe/unlisted.js';
import { tidy } from '../../tensor/scope.js';
import type { TrainingTask } from '../engine.js';
import { objectiveOf } from '../objective.js';
import type { PassSums, PassWatch } from '../pass.js';
import type { Peers } from '../peers.js';
import { Tally } from './tally.js';

/** Batches, as long as all ranks have some: one that goes on alone would wait for the others for ever. */
async function* whileAllHave(batches: LaterBatches, peers: Peers): AsyncGenerator<unknown> {
  for await (const item of batches) {
    await peers.requireAllToGoOn(true);
    yield item;
  }
  await peers.requireAllToGoOn(false);
}

/**
 * One pass as in `trainEagerly`, with gradients that are averages over all ranks: each takes its own batches, and all
 * take the same steps.
 * @param sums - Of this rank's batches.
 */
export async function trainTogether(
  { net, batches, optimizer, device }: TrainingTask,
  peers: Peers,
  sums: PassSums,
  watch: PassWatch,
): Promise<void> {
  const { meter, signal, keeper } = watch;
  const length = lengthOf(batches);
  const objective = objectiveOf(net);
  const counted = countedOf(batches);
  const drawn = keeper?.drawn;
  const rest = drawn === undefined ? batches : resumePass(batches, sums.batches, drawn);
  const tally = new Tally(String(device));
  try {
    for await (const item of whileAllHave(rest, peers)) {
      const [images, labels] = requireBatch('train', item);
      // Said before the gradients are exchanged, and heard after: nobody waits for it.
      const asked = peers.wantsWord(signal?.aborted === true || keeper?.isLate === true);
      asked.catch(() => {});
      const [output, loss] = tidy(() => {
        const yHat = peers.model.forward(images.to(device));
        return [yHat, objective.forward(yHat, labels.to(device))] as const;
      });
      optimizer.zeroGrad();
      warnOfUnlisted(net, loss);
      await peers.backward(loss, sums.batches + 1);
      peers.arrived();
      tidy(() => {
        optimizer.step();
        const own = Math.min(labels.shape[0] as number, counted - sums.count);
        const right = noGrad(() =>
          objective.right(output.narrow(0, 0, own), labels.to(device).narrow(0, 0, own)),
        );
        noGrad(() => tally.add(loss, right));
        sums.count += own;
      });
      loss.dispose();
      sums.batches++;
      const told = keeper && tally.moveTo(sums);
      meter?.step(sums.count);
      if (told !== undefined) await keeper?.stepped([told]);
      // A finished pass is let end.
      if ((await asked) && sums.batches !== length) await peers.haveWord(watch);
    }
    // What is evaluated and kept is the same on all.
    peers.model.syncBuffers();
  } finally {
    try {
      tally.moveTo(sums);
    } finally {
      tally.dispose();
    }
  }
}

import { type Ended, keepLast } from '../model/lastTraining.js';
import type { Torch } from '../torch.js';
import type { TrainOptions } from './options.js';

/** Keeps what was learnt where the failure is that a run's folder took no more. */
export async function rescue(
  torch: Torch,
  ended: Ended,
  error: unknown,
  options: TrainOptions,
): Promise<void> {
  const { code } = error as { code?: string };
  if (code === 'ERR_NO_SPACE' || code === 'ERR_FILE_WRITE')
    await keepWeights(torch, ended, options);
}

/**
 * Takes away a new run in which nothing is, so that the mended command can have its name. The failure before it is what
 * has to be told, whether or not that works.
 */
export async function takeAway(dir: string): Promise<void> {
  // Here and not above: help must work without libtorch.
  const { removeRun } = await import('../../run/remove.js');
  await removeRun(dir).catch(() => {});
}

/** Keeps the weights and says where, unless a run keeps them; a training whose weights cannot be kept is done all the same. */
export async function keepWeights(
  torch: Torch,
  ended: Ended,
  { quiet, out, resume }: TrainOptions,
): Promise<string | undefined> {
  try {
    const path = await keepLast(torch, ended);
    if (!quiet && ended.run === undefined) {
      const hint =
        out === undefined && resume === undefined ? '. To keep a training: --out DIR' : '';
      console.error(
        `lenet-torch: weights kept until the next training, for evaluate, predict, export and draw: ${path}${hint}`,
      );
    }
    return path;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    const [where, hint] =
      ended.run === undefined
        ? ['are not kept', '. To keep them: --out DIR']
        : ['are kept in the run only', ''];
    console.error(`lenet-torch: the weights ${where}: ${code}: ${message}${hint}`);
    return undefined;
  }
}

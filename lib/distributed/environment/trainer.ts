import type { Launched } from './launched.js';
import { isSet, refusal, Variables } from './variables.js';

const elastic = ['PET_RDZV_ENDPOINT', 'PET_RDZV_BACKEND', 'PET_RDZV_ID'];
const own = [
  'PET_NNODES',
  'PET_NPROC_PER_NODE',
  'PET_NODE_RANK',
  'PET_MASTER_ADDR',
  'PET_MASTER_PORT',
  ...elastic,
];

/** @internal Whether Kubeflow Trainer (v2) says that there are others. Its variables are torchrun's own defaults. */
export const isTrainer = (env: NodeJS.ProcessEnv): boolean => own.some((name) => isSet(env, name));

const instead = 'start under torchrun or `npx lenet-torch launch`';

/** @internal Kubeflow Trainer, one process in each pod. */
export function fromTrainer(env: NodeJS.ProcessEnv): Launched {
  const given = new Variables(env, 'Kubeflow Trainer');
  const rendezvous = elastic.find((name) => given.has(name));
  if (rendezvous !== undefined) {
    throw refusal(
      `${rendezvous} asks for torchrun's rendezvous, which numbers the processes: start under torchrun`,
    );
  }
  const perPod = given.text('PET_NPROC_PER_NODE');
  if (perPod !== '1') {
    throw refusal(
      `PET_NPROC_PER_NODE is '${perPod}': one process of a pod without LOCAL_RANK cannot know which one it is; ` +
        `${instead} --nproc, or have the TrainJob ask for one (numProcPerNode: 1)`,
    );
  }
  const { rank, size } = given.ranks('PET_NODE_RANK', 'PET_NNODES');
  for (const name of ['MASTER_ADDR', 'MASTER_PORT']) {
    if (!given.has(name) || env[name] === env[`PET_${name}`]) continue;
    throw refusal(
      `${name} is '${env[name]}' and PET_${name} '${env[`PET_${name}`]}': they contradict each other`,
    );
  }
  return {
    launcher: 'trainer',
    rank,
    worldSize: size,
    localRank: 0,
    localWorldSize: 1,
    masterAddr: given.address('PET_MASTER_ADDR'),
    masterPort: given.integer('PET_MASTER_PORT', 1, 65_535),
    isStoreServed: false,
    attempt: 0,
    taken: given.taken,
    notes: given.notes,
  };
}

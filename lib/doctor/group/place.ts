import { hostname } from 'node:os';

import {
  type Launched,
  launchedBy,
  ownCores,
  threadsPerProcess,
} from '../../distributed/environment/index.js';
import type { Fact, Problem } from '../section.js';
import {
  addressesAt,
  addressesOf,
  addressTowards,
  interfaceNames,
  interfaceOf,
  isLoopback,
  isTaken,
} from './network.js';

/** What this process is told of its group, and what can be seen of that from here without the others. */
export interface Place {
  /** `undefined`: nothing says that there are others, or what says so contradicts itself. */
  readonly launched: Launched | undefined;
  readonly facts: Readonly<Record<string, Fact>>;
  readonly problems: readonly Problem[];
}

const launchers: Readonly<Record<Launched['launcher'], string>> = {
  torchrun: 'torchrun',
  slurm: 'SLURM (srun)',
  openmpi: 'Open MPI',
  mpich: 'MPICH or Intel MPI',
  pytorchjob: 'PyTorchJob',
  trainer: 'Kubeflow Trainer',
  environment: 'RANK, WORLD_SIZE, MASTER_ADDR and MASTER_PORT',
};

/** Looks around. */
export async function lookAround(env: NodeJS.ProcessEnv): Promise<Place> {
  let launched: Launched | undefined;
  let threads: string;
  try {
    launched = launchedBy(env);
    const share = threadsPerProcess(env, ownCores(), launched);
    threads = share === undefined ? "libtorch's own number" : `${share.note ?? share.threads}`;
  } catch (error) {
    return { launched: undefined, facts: {}, problems: [problemOfEnvironment(error)] };
  }
  if (launched === undefined) {
    return {
      launched,
      facts: { launcher: 'none: nothing says that there are other processes' },
      problems: [],
    };
  }
  const { rank, worldSize, localRank, localWorldSize, masterAddr, masterPort, taken } = launched;
  const problems: Problem[] = [];
  const ways = await waysToMaster(launched, env, problems);
  if (isServer(launched) && isTaken(masterPort)) {
    problems.push({
      text: `ERR_DISTRIBUTED_ADDRESS: port ${masterPort} is taken on ${hostname()}, where rank 0 is to listen`,
      next: `set another MASTER_PORT for all ranks, or end who listens: ss -ltnp sport = :${masterPort}`,
    });
  }
  const facts = {
    launcher: launchers[launched.launcher],
    'this process': `rank ${rank} of ${worldSize}, ${localRank} of ${localWorldSize} on ${hostname()}`,
    variables: taken.join(' '),
    ...(launched.notes.length > 0 && { notes: launched.notes }),
    ...(launched.attempt > 0 && { 'started again': `${launched.attempt} times` }),
    master: `${masterAddr}:${masterPort}${launched.isStoreServed ? ", served by torchrun's agent" : ''}`,
    ...ways,
    threads,
  };
  return { launched, facts, problems };
}

/** Whether this process is to listen at the master's port. */
export const isServer = ({ rank, isStoreServed }: Launched): boolean =>
  rank === 0 && !isStoreServed;

function problemOfEnvironment(error: unknown): Problem {
  const { code, message } = error as { code?: string; message: string };
  return {
    text: `${code ?? 'error'}: ${message}`,
    next: 'start all processes with one launcher: torchrun, srun, mpirun or npx lenet-torch launch',
  };
}

async function waysToMaster(
  launched: Launched,
  env: NodeJS.ProcessEnv,
  problems: Problem[],
): Promise<Record<string, Fact>> {
  const { masterAddr, masterPort } = launched;
  const facts: Record<string, Fact> = {};
  let addresses: string[] = [];
  try {
    addresses = await addressesOf(masterAddr);
    facts['it means'] = addresses.join(', ');
  } catch (error) {
    problems.push({
      text: `ERR_DISTRIBUTED_CONNECT: the master's name ${masterAddr} has no address on ${hostname()} (${(error as NodeJS.ErrnoException).code})`,
      next: `make ${masterAddr} known to ${hostname()} (DNS, or /etc/hosts), or set MASTER_ADDR to an address`,
    });
  }
  const hasOtherHosts = launched.localWorldSize < launched.worldSize;
  const loop = addresses.find(isLoopback);
  if (hasOtherHosts && loop !== undefined) {
    problems.push({
      text: `on ${hostname()} the master's name ${masterAddr} means ${loop}, which no other host reaches, and there are processes on others`,
      next: `take ${masterAddr} away from ${loop} in /etc/hosts, or set MASTER_ADDR to the address in the network`,
      minor: true,
    });
  }
  const named = (env.GLOO_SOCKET_IFNAME ?? '').split(',').filter((each) => each !== '');
  if (named.length > 0) {
    facts['listens at'] = named.map((each) => listensAt(each, hasOtherHosts, problems)).join('; ');
  } else if (addresses.length > 0) {
    const own = await firstWay(addresses, masterPort);
    facts['listens at'] =
      own === undefined ? null : `${own} (${interfaceOf(own) ?? 'no interface of that address'})`;
    if (own === undefined) {
      problems.push({
        text: `ERR_DISTRIBUTED_CONNECT: there is no way from ${hostname()} to ${addresses.join(', ')}`,
        next: 'ip route get ADDRESS shows why; GLOO_SOCKET_IFNAME=eth0 names an interface',
      });
    }
  }
  return facts;
}

// In the order that the system gives, as libtorch tries them.
async function firstWay(addresses: readonly string[], port: number): Promise<string | undefined> {
  for (const each of addresses) {
    const own = await addressTowards(each, port);
    if (own !== undefined) return own;
  }
  return undefined;
}

function listensAt(name: string, hasOtherHosts: boolean, problems: Problem[]): string {
  const own = addressesAt(name);
  if (own === undefined || own.length === 0) {
    problems.push({
      text: `ERR_DISTRIBUTED_CONNECT: GLOO_SOCKET_IFNAME names ${name}, ${own === undefined ? 'and there is no such interface' : 'which has no address'} on ${hostname()}`,
      next: `name one of: ${interfaceNames().join(' ')}; or unset GLOO_SOCKET_IFNAME`,
    });
  } else if (hasOtherHosts && own.every(isLoopback)) {
    problems.push({
      text: `GLOO_SOCKET_IFNAME names ${name}, which no other host reaches, and there are processes on others`,
      next: `name the interface of the network that the hosts share: ${interfaceNames().join(' ')}`,
      minor: true,
    });
  }
  return `${own?.join(', ') || 'no address'} (${name}, GLOO_SOCKET_IFNAME)`;
}

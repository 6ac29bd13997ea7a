import type { Problem } from '../section.js';

/** What a rank says of itself. */
export interface Peer {
  readonly host: string;
  readonly node: string;
  /** Of the package. */
  readonly version: string;
  readonly libtorch: string;
  readonly instructionSet: string;
  /** Milliseconds since 1970, at one moment. */
  readonly clock: number;
}

/** What a group that has come together says. */
export interface GroupResult {
  /** By rank. */
  readonly peers: readonly Peer[];
  /** Median of the all-reduce of LeNet's gradients. */
  readonly allReduceMs: number;
}

const second = 1000;
const seconds = (ms: number): string => `${(ms / second).toFixed(1)} s`;

/** A line for each rank. */
export function describePeers(peers: readonly Peer[]): string[] {
  return peers.map(({ host, node, version, libtorch, instructionSet, clock }, rank) => {
    const ahead = clock - (peers[0] as Peer).clock;
    const off =
      Math.abs(ahead) > second ? `, clock ${ahead > 0 ? '+' : '−'}${seconds(Math.abs(ahead))}` : '';
    return `rank ${rank} on ${host}: lenet-torch ${version}, Node.js ${node}, libtorch ${libtorch}, ${instructionSet}${off}`;
  });
}

/** What ranks should have alike and do not. */
export function comparePeers(peers: readonly Peer[]): Problem[] {
  const problems: Problem[] = [];
  const differ = (
    name: string,
    of: (peer: Peer) => string,
    why: string,
    isMinor: boolean,
  ): void => {
    const values = spread(peers, of);
    if (values === undefined) return;
    const code = isMinor ? '' : 'ERR_DISTRIBUTED_MISMATCH: ';
    problems.push({
      text: `${code}the ranks have different versions of ${name} (${values})${why}`,
      next: `install the same ${name} on all hosts`,
      minor: isMinor,
    });
  };
  differ('lenet-torch', ({ version }) => version, '', false);
  differ('libtorch', ({ libtorch }) => libtorch, ', which may not understand each other', true);
  const major = ({ node }: Peer): string => node.split('.')[0] as string;
  differ('Node.js', major, '', true);
  const clocks = peers.map(({ clock }) => clock);
  const apart = Math.max(...clocks) - Math.min(...clocks);
  if (apart > second) {
    problems.push({
      text: `the clocks are ${seconds(apart)} apart: what the ranks log cannot be put in order`,
      next: "set the hosts' clocks by NTP (timedatectl set-ntp true)",
      minor: true,
    });
  }
  return problems;
}

/** Which ranks have what; `undefined` where all have the same. */
function spread(peers: readonly Peer[], of: (peer: Peer) => string): string | undefined {
  const ranks = new Map<string, number[]>();
  for (const [rank, peer] of peers.entries()) {
    ranks.set(of(peer), [...(ranks.get(of(peer)) ?? []), rank]);
  }
  if (ranks.size === 1) return undefined;
  return [...ranks]
    .map(([value, all]) => `${value}: rank${all.length > 1 ? 's' : ''} ${all.join(', ')}`)
    .join('; ');
}

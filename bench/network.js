// Hosts on this machine: network namespaces on a bridge, each with a link of a given bandwidth. Needs root.
import { spawnSync } from 'node:child_process';

function run(command, ...args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${command} ${args.join(' ')}: ${error?.message ?? stderr.trim()}`);
}

const name = (i) => `lenetbench${i}`;
const bridge = 'lenetbench';
const address = (i) => `198.51.100.${i + 1}`;

/** @returns Words that start a command on each host, the address of the first, and what removes all of it. */
export function makeNetwork(size, mbit) {
  const remove = () => {
    for (let i = 0; i < size; i++) {
      // Before its namespace, which the system takes its time to remove.
      spawnSync('ip', ['link', 'del', `lb${i}out`]);
      spawnSync('ip', ['netns', 'del', name(i)]);
    }
    spawnSync('ip', ['link', 'del', bridge]);
  };
  remove();
  run('ip', 'link', 'add', bridge, 'type', 'bridge');
  run('ip', 'link', 'set', bridge, 'up');
  for (let i = 0; i < size; i++) {
    const [inside, outside] = [`lb${i}in`, `lb${i}out`];
    run('ip', 'netns', 'add', name(i));
    run('ip', 'link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name(i));
    run('ip', 'link', 'set', outside, 'master', bridge, 'up');
    run('ip', '-n', name(i), 'addr', 'add', `${address(i)}/24`, 'dev', inside);
    for (const device of ['lo', inside]) run('ip', '-n', name(i), 'link', 'set', device, 'up');
    // Both directions: each end sends no faster.
    const limit = ['root', 'tbf', 'rate', `${mbit}mbit`, 'burst', '256kb', 'latency', '50ms'];
    run('tc', '-n', name(i), 'qdisc', 'add', 'dev', inside, ...limit);
    run('tc', 'qdisc', 'add', 'dev', outside, ...limit);
  }
  const hosts = Array.from({ length: size }, (_, i) => ['ip', 'netns', 'exec', name(i)]);
  return { hosts, first: address(0), remove };
}

// A process of its own beside `lenet-torch launch`. A launcher that is killed by SIGKILL can end nobody any more, and
// its processes would train on: this one sees its input end, and ends them.
import { patience, signalGroup } from './signals.js';

let groups: readonly number[] = [];
let rest = '';
let deadline = 0;

process.stdin
  .setEncoding('utf8')
  .on('data', (text: string) => {
    // Each line has all that are alive.
    const lines = (rest + text).split('\n');
    rest = lines.pop() as string;
    const last = lines.at(-1);
    if (last !== undefined) groups = last.split(' ').filter(Boolean).map(Number);
  })
  .on('end', () => {
    deadline = Date.now() + patience;
    for (const group of groups) signalGroup(group, 'SIGTERM');
    watch();
  });

function watch(): void {
  const left = groups.filter((group) => signalGroup(group, 0));
  if (left.length === 0) return;
  if (Date.now() < deadline) {
    setTimeout(watch, 50);
    return;
  }
  for (const group of left) signalGroup(group, 'SIGKILL');
}

// A contender of several processes, as a launcher starts them: each hears each line, the first one answers.
// usage: ranks.js SIZE COMMAND [ARGUMENT …]
// In the environment: BEFORE, words before the command for each of them, as JSON; FIRST: the address of the first
// one, where each is on a host of its own.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const [size, command, ...args] = process.argv.slice(2);
const server = createServer().listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address();
await new Promise((resolve) => server.close(resolve));
const { BEFORE = '[]', FIRST } = process.env;
const before = JSON.parse(BEFORE);
const place = { WORLD_SIZE: size, MASTER_ADDR: FIRST ?? '127.0.0.1', MASTER_PORT: `${port}` };
const placeOn = (rank) =>
  FIRST !== undefined
    ? { LOCAL_RANK: '0', LOCAL_WORLD_SIZE: '1' }
    : { LOCAL_RANK: `${rank}`, LOCAL_WORLD_SIZE: size };
const started = (rank) => [...(before[rank] ?? []), command, ...args];
const children = Array.from({ length: Number(size) }, (_, rank) =>
  spawn(started(rank)[0], started(rank).slice(1), {
    stdio: ['pipe', rank === 0 ? 'inherit' : 'ignore', 'inherit'],
    env: { ...process.env, ...place, ...placeOn(rank), RANK: `${rank}` },
  }),
);
process.stdin.on('data', (data) => {
  for (const { stdin } of children) stdin.write(data);
});
process.stdin.on('end', () => {
  for (const { stdin } of children) stdin.end();
});

// A contender of several processes, as a launcher starts them: each hears each line, the first one answers.
// usage: ranks.js SIZE COMMAND [ARGUMENT …]
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';

const [size, command, ...args] = process.argv.slice(2);
const server = createServer().listen(0, '127.0.0.1');
await new Promise((resolve) => server.once('listening', resolve));
const { port } = server.address();
await new Promise((resolve) => server.close(resolve));
const place = { WORLD_SIZE: size, MASTER_ADDR: '127.0.0.1', MASTER_PORT: `${port}` };
const children = Array.from({ length: Number(size) }, (_, rank) =>
  spawn(command, args, {
    stdio: ['pipe', rank === 0 ? 'inherit' : 'ignore', 'inherit'],
    env: { ...process.env, ...place, RANK: `${rank}`, LOCAL_RANK: `${rank}` },
  }),
);
process.stdin.on('data', (data) => {
  for (const { stdin } of children) stdin.write(data);
});
process.stdin.on('end', () => {
  for (const { stdin } of children) stdin.end();
});

// Node as Yarn's Plug'n'Play has it: packages lie in an archive that `fs` alone can read into, and a file
// handle's `sync()` is not there. Then draws, saves and trains.
import fs from 'node:fs';
import Module, { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

const [, , folder, isReadable] = process.argv;
const places = new Map();
const resolve = Module._resolveFilename;
Module._resolveFilename = (name, ...rest) => {
  const path = resolve.call(Module, name, ...rest);
  if (!name.startsWith('dejavu-fonts-ttf')) return path;
  places.set(`/archive.zip/${name}`, path);
  return `/archive.zip/${name}`;
};
const { readFileSync } = fs;
fs.readFileSync = (path, ...rest) =>
  readFileSync((isReadable === 'readable' && places.get(path)) || path, ...rest);
syncBuiltinESMExports();
const handle = await fs.promises.open(process.execPath);
Object.getPrototypeOf(handle).sync = () => {
  throw new Error('Method not implemented.');
};
await handle.close();

const torch = await import('../../dist/index.js');
const { draw } = torch;
try {
  const svg = draw.confusion(
    [
      [5, 1],
      [2, 7],
    ],
    { classes: ['cat', 'dog'] },
  );
  process.stdout.write(`${Buffer.from(await draw.toPng(svg)).toString('base64')}\n`);
} catch (error) {
  process.stdout.write(`${error.name} ${error.code}: ${error.message}\n`);
}
const net = new torch.nn.Linear(2, 2);
await torch.save(net.stateDict(), join(folder, 'weights.pt'));
const batches = [[torch.ones([4, 2]), torch.zeros([4], { dtype: 'int64' })]];
const optimizer = new torch.optim.SGD(net.parameters(), { lr: 0.1 });
const run = await torch.Run.create(join(folder, 'run'));
await torch.train(net, batches, batches, 4, optimizer, 'cpu', 2, { run, log: null });
process.stdout.write(`${places.size} fonts, done\n`);

// Trains LeNet, writes it as ONNX, and serves a page that runs it in the browser.
// Run: npm run example -- web [epochs [port]]
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as torch from 'lenet-torch';

const [epochs = 3, port = 8080] = process.argv.slice(2).map(Number);
const folder = resolve('build/examples/web');
mkdirSync(folder, { recursive: true });
const { serve } = await import(pathToFileURL(resolve('examples/web/server.js')).href);
// Before the training: a port that is taken shall not cost it.
await serve(folder, port).catch((error: NodeJS.ErrnoException) => {
  console.error(
    error.code === 'EADDRINUSE'
      ? `port ${port} is taken; name another: npm run example -- web ${epochs} ${port + 1}`
      : error.message,
  );
  process.exit(1);
});

const net = new torch.LeNet();
const batchSize = 256;
const [trainIter, testIter] = await torch.loadDataFashionMnist({ batchSize });
const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.003 });
await torch.train(net, trainIter, testIter, batchSize, optimizer, 'cpu', epochs);

await torch.exportOnnx(net, join(folder, 'lenet.onnx'), { inputShape: [1, 28, 28] });
for (const [images] of testIter) {
  const bytes = images.narrow(0, 0, 10).mul(255).round().to('uint8').data();
  writeFileSync(join(folder, 'images.bin'), bytes);
  break;
}
console.log(`open http://localhost:${port}/ (Ctrl-C ends)`);

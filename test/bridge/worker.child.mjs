// A worker that imports the package and does what its workerData says.
import { parentPort, workerData } from 'node:worker_threads';

import * as torch from '../../dist/index.js';

function step(x, w) {
  torch.tidy(() => {
    x.matmul(w).sigmoid().sum().backward();
    torch.noGrad(() => w.sub_(w.grad, { alpha: 0.01 }));
    w.grad = null;
  });
}

if (workerData.work === 'import') {
  parentPort.postMessage(torch.libtorchVersion);
} else {
  const x = torch.randn([64, 32]);
  const w = torch.randn([32, 16], { requiresGrad: true });
  if (workerData.work === 'train') {
    for (let i = 0; i < 300; i++) step(x, w);
    parentPort.postMessage(Number.isFinite(w.sum().item()));
  } else {
    parentPort.postMessage('running');
    if (workerData.work === 'unscoped') for (;;) x.matmul(w).sigmoid();
    for (;;) step(x, w);
  }
}

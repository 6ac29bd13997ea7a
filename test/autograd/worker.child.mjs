// Passes that call JavaScript, in a worker that is ended in the midst of them.
import { parentPort, workerData } from 'node:worker_threads';

import * as torch from '../../dist/index.js';

const { Function } = torch.autograd;

class Slow extends Function {
  static forward(context, x) {
    context.saveForBackward(x);
    return x.mul(2);
  }
  static backward(context, gradient) {
    for (let i = 0; i < 1000; i++) context.savedTensors[0].mul(gradient);
    if (workerData === 'endless') for (;;);
    return gradient.mul(2);
  }
}

const x = torch.ones([64], { requiresGrad: true });
x.registerHook((gradient) => gradient.mul(2));
x.registerPostAccumulateGradHook(() => {});
// Graphs that are there at the end too.
const kept = Array.from({ length: 10 }, () => Slow.apply(x).sum());
parentPort.postMessage('running');
if (workerData === 'once') {
  kept.pop().backward();
  parentPort.postMessage(x.grad.sum().item());
} else {
  for (;;) {
    Slow.apply(x).sum().backward();
    x.grad = null;
  }
}

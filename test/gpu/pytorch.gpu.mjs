import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { loader, torch } from './package.mjs';

const python = process.env.PYTHON ?? 'python3';
const script = fileURLToPath(new URL('reference.py', import.meta.url));
const hasTorch = spawnSync(python, ['-c', 'import torch']).status === 0;

test('the losses of PyTorch on this GPU, step by step', { skip: !hasTorch }, () => {
  const steps = 40;
  const { stdout, stderr, status } = spawnSync(python, [script, String(steps)], {
    encoding: 'utf8',
  });
  assert.equal(status, 0, stderr);
  const expected = JSON.parse(stdout);

  torch.backends.cudnn.allowTf32 = false;
  torch.manualSeed(0);
  const net = new torch.LeNet().to('cuda');
  const optimizer = new torch.optim.Adam(net.parameters(), { lr: 0.001 });
  const loss = new torch.nn.CrossEntropyLoss();
  const losses = [];
  for (const [X, y] of loader(steps * 256).to('cuda')) {
    const l = loss.forward(net.forward(X), y);
    optimizer.zeroGrad();
    l.backward();
    optimizer.step();
    losses.push(l.item());
  }
  losses.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]) < 1e-4, `step ${i}: ${value}, PyTorch ${expected[i]}`);
  });
});

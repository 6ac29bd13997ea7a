// The protocol's own client, where this machine's Python has it: tritonclient[http] and prometheus_client.
import { execFile, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { served } from './served.js';

const python = process.env.LENET_TORCH_TRITON_PYTHON ?? 'python3';
const imports = 'import tritonclient.http, prometheus_client, numpy';
const hasClient = spawnSync(python, ['-c', imports]).status === 0;
const client = fileURLToPath(new URL('client.py', import.meta.url));

const name = hasClient
  ? "Triton's client is served, and Prometheus's parser reads the figures"
  : 'left out: no Python with tritonclient[http] and prometheus_client (LENET_TORCH_TRITON_PYTHON)';

test.skipIf(!hasClient)(
  name,
  async () => {
    const { handler, net, port } = await served();
    await handler.ready;
    const { stdout } = await promisify(execFile)(python, [client, `127.0.0.1:${port}`]);
    const { outputs, server, model, metrics, ...rest } = JSON.parse(stdout);
    const images = Float32Array.from({ length: 2 * 784 }, (_, i) => (i % 256) / 255);
    const right = (await torch.predict(net, images)).tolist() as number[][];
    const close = right.map((row) => row.map((value) => expect.closeTo(value, 4)));
    expect(outputs).toEqual(Array(6).fill(close));
    expect(rest).toEqual({
      live: true,
      ready: true,
      modelReady: true,
      versionReady: true,
      otherReady: false,
      wrong: ['400', expect.stringContaining('expected [N,1,28,28], found [1,784]')],
      unknown: ['404', expect.stringContaining('ERR_NOT_FOUND')],
      priority: ['400', expect.stringContaining('found "priority"')],
    });
    expect(server).toMatchObject({ name: 'lenet-torch', extensions: ['binary_tensor_data'] });
    expect(model).toMatchObject({ name: 'lenet', versions: ['1'] });
    expect(metrics).toContain('lenet_torch_requests');
    expect(metrics).toContain('lenet_torch_request_seconds');
  },
  60_000,
);

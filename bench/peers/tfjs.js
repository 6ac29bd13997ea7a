// TensorFlow.js's rounds, on its JavaScript backend: so slow that a round is one step and one test
// batch, scaled to an epoch.
// usage: tfjs.js train DATA_DIR THREADS LIMIT
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

import { rounds } from './rounds.js';

const [, folder, , limit] = process.argv.slice(2);
const tf = createRequire(join(process.env.TFJS, 'package.json'))('@tensorflow/tfjs');
await tf.setBackend('cpu');

const count = Number(limit) || 60_000;
const size = 256;
const bytes = readFileSync(join(folder, 'train-images-idx3-ubyte')).subarray(16, 16 + size * 784);
const labels = readFileSync(join(folder, 'train-labels-idx1-ubyte')).subarray(8, 8 + size);
const X = tf.tensor4d(
  Float32Array.from(bytes, (byte) => byte / 255),
  [size, 28, 28, 1],
);
const Y = tf.oneHot(tf.tensor1d(Int32Array.from(labels), 'int32'), 10);

const { conv2d, dense, flatten, maxPooling2d } = tf.layers;
const net = tf.sequential({
  layers: [
    conv2d({ inputShape: [28, 28, 1], filters: 6, kernelSize: 5, activation: 'sigmoid' }),
    maxPooling2d({ poolSize: 2 }),
    conv2d({ filters: 16, kernelSize: 5, activation: 'sigmoid' }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 120, activation: 'sigmoid' }),
    dense({ units: 84, activation: 'sigmoid' }),
    dense({ units: 10 }),
  ],
});
const optimizer = tf.train.adam(0.001);
const timed = (work) => {
  const start = performance.now();
  tf.tidy(work);
  return (performance.now() - start) / 1000;
};

await rounds(() => {
  const step = timed(() => {
    optimizer.minimize(() => tf.losses.softmaxCrossEntropy(Y, net.apply(X)));
  });
  const test = timed(() => {
    net.predict(X).argMax(1).dataSync();
  });
  const seconds = step * Math.ceil(count / size) + test * Math.ceil(count / 6 / size);
  return { seconds };
});

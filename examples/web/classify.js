// Runs lenet.onnx in ONNX Runtime's WASM: the same file in a browser and in Node.
import * as ort from 'onnxruntime-web';

export const classes = [
  ...['T-shirt/top', 'Trouser', 'Pullover', 'Dress', 'Coat'],
  ...['Sandal', 'Shirt', 'Sneaker', 'Bag', 'Ankle boot'],
];

// A page needs other HTTP headers for more threads, and LeNet is too small for them.
ort.env.wasm.numThreads = 1;

/** Opens a model. @param {Uint8Array} bytes - An ONNX file. */
export const open = (bytes) => ort.InferenceSession.create(bytes, { executionProviders: ['wasm'] });

/**
 * Says what is in images of 28×28 pixels.
 * @param {Float32Array} pixels - One image after the other, 0 (background) to 1.
 * @returns For each image the classes with their probabilities, the likeliest first.
 */
export async function classify(session, pixels) {
  const count = pixels.length / 784;
  const input = new ort.Tensor('float32', pixels, [count, 1, 28, 28]);
  const { output } = await session.run({ input });
  return Array.from({ length: count }, (_, i) => {
    const exponentials = Array.from(output.data.subarray(10 * i, 10 * i + 10), Math.exp);
    const sum = exponentials.reduce((a, b) => a + b);
    return exponentials
      .map((each, k) => ({ name: classes[k], probability: each / sum }))
      .sort((a, b) => b.probability - a.probability);
  });
}

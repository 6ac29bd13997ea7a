import { classify, open } from './classify.js';

const element = (selector) => document.querySelector(selector);
const fetchBytes = async (url) => new Uint8Array(await (await fetch(url)).arrayBuffer());

// Draws 784 numbers between 0 and 1 above a line of text.
function show(pixels, [best]) {
  const figure = document.createElement('figure');
  const canvas = Object.assign(document.createElement('canvas'), { width: 28, height: 28 });
  const image = new ImageData(28, 28);
  for (const [i, value] of pixels.entries()) {
    image.data.set([255 * value, 255 * value, 255 * value, 255], 4 * i);
  }
  canvas.getContext('2d').putImageData(image, 0, 0);
  const caption = document.createElement('figcaption');
  caption.textContent = `${best.name} ${Math.round(100 * best.probability)} %`;
  figure.append(canvas, caption);
  element('#images').prepend(figure);
}

// A picture as the data set has them: 28×28, grey, bright on black.
async function readPicture(file) {
  const canvas = new OffscreenCanvas(28, 28);
  const context = canvas.getContext('2d');
  context.drawImage(await createImageBitmap(file), 0, 0, 28, 28);
  const { data } = context.getImageData(0, 0, 28, 28);
  const grey = Float32Array.from({ length: 784 }, (_, i) => {
    const [red, green, blue] = data.subarray(4 * i);
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  });
  const corners = (grey[0] + grey[27] + grey[756] + grey[783]) / 4;
  return corners > 0.5 ? grey.map((value) => 1 - value) : grey;
}

async function classifyAndShow(pixels) {
  const start = performance.now();
  const results = await classify(session, pixels);
  const count = results.length;
  for (const [i, result] of results.entries()) {
    show(pixels.subarray(784 * i, 784 * i + 784), result);
  }
  element('#state').textContent =
    `${count} image${count === 1 ? '' : 's'} in ${(performance.now() - start).toFixed(1)} ms`;
}

const session = await open(await fetchBytes('lenet.onnx'));
await classifyAndShow(Float32Array.from(await fetchBytes('images.bin'), (byte) => byte / 255));
element('input').addEventListener('change', async ({ target }) => {
  await classifyAndShow(await readPicture(target.files[0]));
});

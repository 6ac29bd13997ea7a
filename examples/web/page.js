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

// A picture as the data set has them: 28×28, grey, bright on black, with its aspect kept.
async function readPicture(file) {
  const picture = await createImageBitmap(file);
  const scale = 28 / Math.max(picture.width, picture.height);
  const width = Math.max(1, Math.round(scale * picture.width));
  const height = Math.max(1, Math.round(scale * picture.height));
  const context = new OffscreenCanvas(width, height).getContext('2d');
  context.fillStyle = 'white'; // behind what is transparent
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, width, height);
  const { data } = context.getImageData(0, 0, width, height);
  const grey = Float32Array.from({ length: width * height }, (_, i) => {
    const [red, green, blue] = data.subarray(4 * i);
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
  });
  const isBorder = (_, i) =>
    i < width || i >= width * (height - 1) || i % width === 0 || i % width === width - 1;
  const border = grey.filter(isBorder);
  const isDarkOnLight = 2 * border.filter((value) => value > 127 / 255).length > border.length;
  const pixels = new Float32Array(784);
  const left = Math.floor((28 - width) / 2);
  const top = Math.floor((28 - height) / 2);
  for (const [i, value] of grey.entries()) {
    const at = 28 * (top + Math.floor(i / width)) + left + (i % width);
    pixels[at] = isDarkOnLight ? 1 - value : value;
  }
  return pixels;
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
  const [file] = target.files;
  if (file === undefined) return;
  try {
    await classifyAndShow(await readPicture(file));
  } catch (error) {
    element('#state').textContent = `${file.name} cannot be read as a picture: ${error.message}`;
  }
});

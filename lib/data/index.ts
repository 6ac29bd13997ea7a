export { type BatchIterable, DataLoader, type DataLoaderOptions } from './dataloader.js';
export { type BatchOf, Dataset, Subset, TensorDataset } from './dataset.js';
export { FashionMNIST, type FashionMNISTOptions } from './fashionMnist.js';
export type { PlainImages } from './images/batch.js';
export { type DecodedImage, decodeImage } from './images/decode.js';
export { type Invert, type PrepareOptions, prepareImage } from './images/prepare.js';
export * as transforms from './transforms.js';

export * as transforms from '../transforms/index.js';
export { type BatchOf, Dataset, type ImagesInMemory } from './dataset/dataset.js';
export { Subset } from './dataset/subset.js';
export { TensorDataset } from './dataset/tensorDataset.js';
export type { PlainImages } from './images/batch.js';
export { type DecodedImage, decodeImage } from './images/decode.js';
export { type Invert, type PrepareOptions, prepareImage } from './images/prepare.js';
export { type BatchIterable, DataLoader, type DataLoaderOptions } from './loader/dataloader.js';
export { DistributedSampler, type DistributedSamplerOptions } from './loader/distributedSampler.js';
export {
  RandomSampler,
  type RandomSamplerOptions,
  Sampler,
  type SamplerLike,
  SequentialSampler,
} from './loader/sampler.js';
export { FashionMNIST, type FashionMNISTOptions } from './sets/fashionMnist.js';

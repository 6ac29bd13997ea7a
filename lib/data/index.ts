export * as transforms from '../transforms/index.js';
export {
  type BatchOf,
  type Collated,
  type Converted,
  defaultCollate,
  defaultConvert,
} from './dataset/collate.js';
export { ConcatDataset } from './dataset/concatDataset.js';
export {
  Dataset,
  type ImageReader,
  type ImagesInMemory,
  type ReadImage,
  type Reading,
} from './dataset/dataset.js';
export { ChainDataset, IterableDataset } from './dataset/iterableDataset.js';
export { type RandomSplitOptions, randomSplit } from './dataset/randomSplit.js';
export { StackDataset, type StackOf } from './dataset/stackDataset.js';
export { Subset } from './dataset/subset.js';
export { TensorDataset } from './dataset/tensorDataset.js';
export type { TransformLike } from './dataset/transform.js';
export { DatasetFolder, type DatasetFolderOptions } from './folder/datasetFolder.js';
export { ImageFolder, type ImageFolderOptions } from './folder/imageFolder.js';
export type { PlainImages } from './images/batch.js';
export { type DecodedImage, decodeImage } from './images/decode.js';
export { type Invert, type PrepareOptions, prepareImage } from './images/prepare.js';
export { BatchSampler } from './loader/batchSampler.js';
export { type BatchIterable, DataLoader, type LaterBatches } from './loader/dataloader.js';
export { DistributedSampler, type DistributedSamplerOptions } from './loader/distributedSampler.js';
export type { DataLoaderOptions } from './loader/options.js';
export {
  type BatchSamplerLike,
  RandomSampler,
  type RandomSamplerOptions,
  Sampler,
  type SamplerLike,
  SequentialSampler,
} from './loader/sampler.js';
export {
  SubsetRandomSampler,
  type SubsetRandomSamplerOptions,
  WeightedRandomSampler,
  type WeightedRandomSamplerOptions,
} from './loader/subsetSamplers.js';
export { getWorkerInfo } from './loader/workerInfo.js';
export { EMNIST } from './sets/emnist.js';
export { FashionMNIST, type FashionMNISTOptions } from './sets/fashionMnist.js';
export type { IdxOptions } from './sets/idxDataset.js';
export type { EmnistSplit } from './sets/idxSets.js';
export { KMNIST, MNIST } from './sets/mnist.js';
export { QMNIST, type QMNISTOptions } from './sets/qmnist.js';

import { data, type ImageLoader } from 'lenet-torch';

const { Compose, Resize, ToTensor } = data.transforms;

/** How images are made ready. */
export interface GarmentOptions {
  batchSize: number;
  /** How many to train with, and at most how many to test with. */
  images: number;
  /** Edge in pixels that images are resized to. */
  resize?: number;
  /** What is done to images for training alone. */
  augment?: readonly data.transforms.Transform[];
}

/** Loaders of the first images of Fashion-MNIST, for training and for tests. */
export function garments(options: GarmentOptions): [ImageLoader, ImageLoader] {
  const { batchSize, images, resize, augment = [] } = options;
  const sized = resize === undefined ? [] : [new Resize(resize)];
  const loader = (train: boolean): ImageLoader => {
    const transform = new Compose([...sized, new ToTensor(), ...(train ? augment : [])]);
    const dataset = new data.Subset(new data.FashionMNIST({ train, transform }), images);
    return new data.DataLoader(dataset, { batchSize, shuffle: train });
  };
  return [loader(true), loader(false)];
}

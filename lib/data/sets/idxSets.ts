/** The files of a set, in the order in which they are fetched. */
export const parts = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;
export type Part = (typeof parts)[number];

interface IdxFile {
  readonly name: string;
  /** Unpacked, in bytes. */
  readonly size: number;
  /** Of the unpacked bytes. */
  readonly sha256: string;
}

/** Images and labels in four IDX files, MNIST's format. */
export interface IdxSet {
  readonly name: string;
  /** Its folder in the cache. */
  readonly folder: string;
  /** Its class in torchvision, which keeps the files in a folder of that name, in `raw`. */
  readonly python: string;
  /** Another set, whose files are taken where its own are not there, with a warning: its class, and what is on its images. */
  readonly likeness?: { readonly python: string; readonly images: string };
  /** Whether `lenet-torch setup` brings it. */
  readonly isBrought?: true;
  readonly classes: readonly string[];
  readonly files: Readonly<Record<Part, IdxFile>>;
  /** What serves `<name>.gz`, asked in this order. */
  readonly mirrors: readonly string[];
  /** The package of Debian and Ubuntu that holds it, and where that puts the files. */
  readonly debian?: { readonly package: string; readonly folder: string };
}

// 60,000 images for training and 10,000 for tests, 28 × 28 bytes each, under MNIST's own names.
function files(sha256: Readonly<Record<Part, string>>): IdxSet['files'] {
  const file = (name: string, size: number, part: Part) => ({ name, size, sha256: sha256[part] });
  return {
    trainImages: file('train-images-idx3-ubyte', 47_040_016, 'trainImages'),
    trainLabels: file('train-labels-idx1-ubyte', 60_008, 'trainLabels'),
    testImages: file('t10k-images-idx3-ubyte', 7_840_016, 'testImages'),
    testLabels: file('t10k-labels-idx1-ubyte', 10_008, 'testLabels'),
  };
}

/** The set that setup brings. */
export const fashionMnist: IdxSet = {
  name: 'Fashion-MNIST',
  folder: 'fashion-mnist',
  python: 'FashionMNIST',
  isBrought: true,
  likeness: { python: 'MNIST', images: 'digits' },
  classes: [
    'T-shirt/top',
    'Trouser',
    'Pullover',
    'Dress',
    'Coat',
    'Sandal',
    'Shirt',
    'Sneaker',
    'Bag',
    'Ankle boot',
  ],
  files: files({
    trainImages: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    trainLabels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    testImages: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    testLabels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  }),
  // The authors' repository, their bucket, and Keras's.
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'https://fashion-mnist.s3.eu-central-1.amazonaws.com/',
    'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
  ],
  debian: { package: 'dataset-fashion-mnist', folder: '/usr/share/datasets/fashion-mnist' },
};

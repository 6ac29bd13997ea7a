/** The files of a set, in the order in which they are fetched. */
export const parts = ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const;
export type Part = (typeof parts)[number];

interface IdxFile {
  readonly name: string;
  /** Unpacked, in bytes. */
  readonly size: number;
  /** Of the unpacked bytes. */
  readonly sha256?: string;
  /** Of the compressed file that the mirrors serve, where nothing better is known. */
  readonly md5?: string;
}

/** Images and labels in four IDX files, MNIST's format. */
export interface IdxSet {
  readonly name: string;
  /** Its folder in the cache, and what commands call it. */
  readonly folder: string;
  /** Its class in torchvision, which keeps the files in a folder of that name, in `raw`. */
  readonly python: string;
  /** Another set, whose files are taken where its own are not there, with a warning: its class, and what is on its images. */
  readonly likeness?: { readonly python: string; readonly images: string };
  /** Whether `lenet-torch setup` brings it unasked. */
  readonly isBrought?: true;
  readonly classes: readonly string[];
  readonly files: Readonly<Record<Part, IdxFile>>;
  /** What is to be downloaded, in megabytes. */
  readonly download: number;
  /** What serves `<name>.gz`, asked in this order. */
  readonly mirrors: readonly string[];
  /** A zip archive with `<name>.gz` of all four, where no mirror serves these: its path below a mirror. */
  readonly archive?: { readonly path: string; readonly md5: string };
  /** The package of Debian and Ubuntu that holds it, and where that puts the files. */
  readonly debian?: { readonly package: string; readonly folder: string };
  /** Whether its images lie on their side, rows and columns exchanged. */
  readonly isTransposed?: true;
  /** Whether a label is a row of eight int32, of which the first is the class. */
  readonly hasLongLabels?: true;
}

const mnistNames: Readonly<Record<Part, string>> = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
};

type Sums = { readonly sha256: string } | { readonly md5: string } | undefined;

/**
 * The files of a set of images of 28 × 28 bytes.
 * @param counts - How many images are for training, and for tests.
 * @param labelBytes - Header of the labels, and bytes for each.
 */
function files(
  names: Readonly<Record<Part, string>>,
  [train, test]: readonly [number, number],
  sums: (part: Part) => Sums,
  [header, bytes]: readonly [number, number] = [8, 1],
): IdxSet['files'] {
  const file = (part: Part): IdxFile => {
    const count = part.startsWith('train') ? train : test;
    const size = part.endsWith('Images') ? 16 + 784 * count : header + bytes * count;
    return { name: names[part], size, ...sums(part) };
  };
  return Object.fromEntries(parts.map((part) => [part, file(part)])) as IdxSet['files'];
}

const bySha256 = (sums: Readonly<Record<Part, string>>) => (part: Part) => ({ sha256: sums[part] });
const byMd5 =
  (...sums: readonly string[]) =>
  (part: Part) => ({ md5: sums[parts.indexOf(part)]! });

const digits = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'].map(
  (name, digit) => `${digit} - ${name}`,
);

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
  download: 31,
  files: files(
    mnistNames,
    [60_000, 10_000],
    bySha256({
      trainImages: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
      trainLabels: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
      testImages: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
      testLabels: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    }),
  ),
  // The authors' repository, their bucket, and Keras's.
  mirrors: [
    'https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/',
    'https://fashion-mnist.s3.eu-central-1.amazonaws.com/',
    'https://storage.googleapis.com/tensorflow/tf-keras-datasets/',
  ],
  debian: { package: 'dataset-fashion-mnist', folder: '/usr/share/datasets/fashion-mnist' },
};

/** Handwritten digits. Sums of the compressed files are those that torchvision goes by, here and below. */
export const mnist: IdxSet = {
  name: 'MNIST',
  folder: 'mnist',
  python: 'MNIST',
  classes: digits,
  download: 12,
  files: files(
    mnistNames,
    [60_000, 10_000],
    byMd5(
      'f68b3c2dcbeaaa9fbdd348bbdeb94873',
      'd53e105ee54ea40749a09fcbcd1e9432',
      '9fb629c4189551a2d022fa330f9573f3',
      'ec29112dd5afa0611ce80d1b7f02629c',
    ),
  ),
  mirrors: [
    'https://ossci-datasets.s3.amazonaws.com/mnist/',
    'https://storage.googleapis.com/cvdf-datasets/mnist/',
    'http://yann.lecun.com/exdb/mnist/',
  ],
};

/** Letters of old Japanese script. */
export const kmnist: IdxSet = {
  name: 'Kuzushiji-MNIST',
  folder: 'kmnist',
  python: 'KMNIST',
  classes: ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'],
  download: 21,
  files: files(
    mnistNames,
    [60_000, 10_000],
    byMd5(
      'bdb82020997e1d708af4cf47b453dcf7',
      'e144d726b3acfaa3e44228e80efcd344',
      '5c965bf0a639b31b8f53240b1b52f4d7',
      '7320c461ea6c1c855c0b718fb2a4b134',
    ),
  ),
  mirrors: ['http://codh.rois.ac.jp/kmnist/dataset/kmnist/'],
};

/** MNIST's digits with who wrote them, and all 60,000 test images. */
export const qmnist: IdxSet = {
  name: 'QMNIST',
  folder: 'qmnist',
  python: 'QMNIST',
  classes: digits,
  download: 21,
  files: files(
    {
      trainImages: 'qmnist-train-images-idx3-ubyte',
      trainLabels: 'qmnist-train-labels-idx2-int',
      testImages: 'qmnist-test-images-idx3-ubyte',
      testLabels: 'qmnist-test-labels-idx2-int',
    },
    [60_000, 60_000],
    byMd5(
      'ed72d4157d28c017586c42bc6afe6370',
      '0058f8dd561b90ffdd0f734c6a30e5e4',
      '1394631089c404de565df7b7aeaf9412',
      '5b5b05890a5e13444e108efe57b788aa',
    ),
    [12, 32],
  ),
  mirrors: ['https://raw.githubusercontent.com/facebookresearch/qmnist/master/'],
  hasLongLabels: true,
};

const small = [...'abcdefghijklmnopqrstuvwxyz'];
const capitals = small.map((letter) => letter.toUpperCase());
const figures = [...'0123456789'];
// Small letters that look like their capitals have these' class.
const merged = [...figures, ...capitals, ...'abdefghnqrt'];

/** EMNIST's splits: how many images each has, and the names of their classes. */
const emnistSplits = {
  byclass: { counts: [697_932, 116_323], classes: [...figures, ...capitals, ...small] },
  bymerge: { counts: [697_932, 116_323], classes: merged },
  balanced: { counts: [112_800, 18_800], classes: merged },
  // Labels begin with 1.
  letters: { counts: [124_800, 20_800], classes: ['N/A', ...small] },
  digits: { counts: [240_000, 40_000], classes: figures },
  mnist: { counts: [60_000, 10_000], classes: figures },
} as const satisfies Record<
  string,
  { counts: readonly [number, number]; classes: readonly string[] }
>;

/** How EMNIST's letters and digits are divided into classes; mirrors torchvision's `split`. */
export type EmnistSplit = keyof typeof emnistSplits;
export const emnistNames = Object.keys(emnistSplits) as EmnistSplit[];

/** Handwritten letters and digits. */
export function emnist(split: EmnistSplit): IdxSet {
  const { counts, classes } = emnistSplits[split];
  const name = (part: 'train' | 'test', what: string) => `emnist-${split}-${part}-${what}-ubyte`;
  return {
    name: `EMNIST ${split}`,
    folder: `emnist-${split}`,
    python: 'EMNIST',
    classes,
    download: 562,
    files: files(
      {
        trainImages: name('train', 'images-idx3'),
        trainLabels: name('train', 'labels-idx1'),
        testImages: name('test', 'images-idx3'),
        testLabels: name('test', 'labels-idx1'),
      },
      counts,
      () => undefined,
    ),
    mirrors: ['https://biometrics.nist.gov/cs_links/EMNIST/'],
    archive: { path: 'gzip.zip', md5: '58c8d27c78d21e728a6bc7b3cc06412e' },
    isTransposed: true,
  };
}

/** All sets, by what commands call them. */
export const idxSets: Readonly<Record<string, IdxSet>> = Object.fromEntries(
  [fashionMnist, mnist, kmnist, qmnist, ...emnistNames.map(emnist)].map((set) => [set.folder, set]),
);

/** The command that brings a set. */
export const bringing = ({ isBrought, folder }: IdxSet): string =>
  `npx lenet-torch setup${isBrought ? '' : ` --data-set ${folder}`}`;

/** Of the unpacked files, in bytes. */
export const sizeOf = (set: IdxSet): number =>
  parts.reduce((sum, part) => sum + set.files[part].size, 0);

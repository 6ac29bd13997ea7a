import { atMost } from '../../argument/atMost.js';
import { callback, flag, Kind } from '../../argument/kind.js';
import { readOptions, type SpecOf, type ValuesOf } from '../../argument/options.js';
import { requirePath } from '../../argument/requirePath.js';
import { isPromise } from '../../context/synchronous.js';
import { invalidArgument, TorchError } from '../../error.js';
import { checkIndex, Dataset, type Reading } from '../dataset/dataset.js';
import { findClasses, findSamples } from './findSamples.js';

/** Options of {@link DatasetFolder}. */
// biome-ignore lint/suspicious/noExplicitAny: whatever the loader gives
export interface DatasetFolderOptions<Sample = any, Changed = Sample> {
  /** Endings of the files that are taken, with their dots, in small letters. Default: none, `isValidFile` says it. */
  extensions?: readonly string[];
  /** Whether a file is taken, by its path. Default: none, `extensions` say it. */
  isValidFile?: (path: string) => boolean;
  /** Changes what the loader gives. Default: nothing. */
  transform?: (sample: Sample) => Changed;
  /** Changes the number of a class. Default: nothing. */
  targetTransform?: (label: number) => unknown;
  /** Whether a class may have no files. Default false. */
  allowEmpty?: boolean;
}

const extensionsKind = new Kind<readonly string[]>("an array of endings such as '.png'", (given) =>
  Array.isArray(given) && given.every((each) => typeof each === 'string' && each !== '')
    ? given
    : undefined,
);

const spec = {
  extensions: extensionsKind.optional(),
  isValidFile: callback<(path: string) => boolean>().optional(),
  transform: callback<(sample: unknown) => unknown>().optional(),
  targetTransform: callback<(label: number) => unknown>().optional(),
  allowEmpty: flag.or(false),
} satisfies SpecOf<DatasetFolderOptions>;

/**
 * Files in folders that are named by their classes, `root/cat/1.txt`, `root/dog/a/2.txt`; mirrors
 * `torchvision.datasets.DatasetFolder`: classes are the folders' names, sorted, examples stand class by class, by path.
 *
 * Examples: `[sample, label]`: what the loader gives, and the number of the class.
 *
 * @param root - The folder above those of the classes.
 * @param loader - Reads a file, by its path, and draws no random numbers. It may give a promise: then iterate with `for
 *   await`.
 * @throws {TypeError} `ERR_INVALID_ARG` with both or neither of `extensions` and `isValidFile`.
 * @throws {TorchError} `ERR_DATA_NOT_FOUND` without folders, and for a class without files.
 * @see https://docs.pytorch.org/vision/stable/generated/torchvision.datasets.DatasetFolder.html
 * @example compile
 * import { readFile } from 'node:fs/promises';
 * const texts = new data.DatasetFolder('texts', (path) => readFile(path, 'utf8'), { extensions: ['.txt'] });
 */
export class DatasetFolder<Sample, Changed = Sample> extends Dataset<
  readonly [sample: Changed, label: number]
> {
  readonly root: string;
  /** The names of the classes. */
  readonly classes: readonly string[];
  readonly classToIdx: Readonly<Record<string, number>>;
  /** The files with the numbers of their classes. */
  readonly samples: readonly (readonly [path: string, label: number])[];
  /** The number of the class of each example. */
  readonly targets: readonly number[];
  readonly loader: (path: string) => Sample | Promise<Sample>;
  readonly length: number;
  readonly #options: ValuesOf<typeof spec>;

  constructor(
    root: string,
    loader: (path: string) => Sample | Promise<Sample>,
    options?: DatasetFolderOptions<Sample, Changed>,
  ) {
    const what = new.target.name;
    atMost(what, 3, arguments.length);
    super();
    requirePath(what, root);
    this.root = root;
    this.loader = callback<(path: string) => Sample | Promise<Sample>>().read(
      `${what}: loader`,
      loader,
    );
    const given = readOptions(what, spec, options);
    const { extensions, isValidFile, allowEmpty } = given;
    if ((extensions === undefined) === (isValidFile === undefined)) {
      throw invalidArgument(`${what}: expected one of the options extensions and isValidFile`);
    }
    this.#options = given;
    this.classes = this.findClasses(root);
    this.classToIdx = Object.fromEntries(this.classes.map((name, label) => [name, label]));
    const ends = (path: string): boolean =>
      extensions!.some((ending) => path.toLowerCase().endsWith(ending));
    this.samples = findSamples(root, this.classes, isValidFile ?? ends);
    this.targets = this.samples.map(([, label]) => label);
    this.length = this.samples.length;
    if (!allowEmpty) this.#refuseEmpty(extensions);
  }

  #refuseEmpty(extensions: readonly string[] | undefined): void {
    const found = new Set(this.targets);
    const empty = this.classes.filter((_, label) => !found.has(label));
    if (empty.length === 0) return;
    const such = extensions === undefined ? '' : ` that end in ${extensions.join(', ')}`;
    throw new TorchError(
      'ERR_DATA_NOT_FOUND',
      `${this.root}: expected files${such} for each class, found none for ${empty.join(', ')}`,
    );
  }

  /** The names of the classes; a subclass may find others. Default: the folders in `root`, by name. */
  findClasses(root: string): string[] {
    atMost('findClasses', 1, arguments.length);
    return findClasses(root);
  }

  override get(index: number): readonly [sample: Changed, label: number] {
    atMost('get', 1, arguments.length);
    checkIndex(this, index);
    const [path] = this.samples[index]!;
    const sample = this.loader(path);
    if (isPromise(sample)) {
      sample.catch(() => {});
      throw invalidArgument(
        `${this.constructor.name}: the loader gives a promise: iterate the DataLoader with for await`,
      );
    }
    return this.#make(sample as Sample, index);
  }

  override reading(): Reading<readonly [sample: Changed, label: number]> | undefined {
    atMost('reading', 0, arguments.length);
    return async (index) => {
      const sample = await this.loader(this.samples[index]![0]);
      return () => this.#make(sample, index);
    };
  }

  /** The number of an example's class, as it is given. @internal */
  protected target(index: number): number {
    const { targetTransform } = this.#options;
    const [, label] = this.samples[index]!;
    return targetTransform === undefined ? label : (targetTransform(label) as number);
  }

  #make(sample: Sample, index: number): readonly [sample: Changed, label: number] {
    const { transform } = this.#options;
    const changed = transform === undefined ? sample : transform(sample);
    return [changed as Changed, this.target(index)];
  }
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InvalidArgumentError, Option } from 'commander';

import { readError } from '../../files/readError.js';
import type { ImageModel } from '../../models/imageModel.js';
import type { Module } from '../../nn/index.js';
import { classesOf } from '../dataSet/open.js';
import type { Torch } from '../torch.js';
import { isKnown, modelNames } from './models.js';

/** Whether a network's name is that of a file: it has a slash, or a script's ending. */
export const isFile = (model: string): boolean => /[/\\]|\.[cm]?[jt]s$/.test(model);

/** A parser of `--model`. */
export function modelName(text: string): string {
  if (isKnown(text) || isFile(text)) return text;
  throw new InvalidArgumentError(
    `Allowed choices are ${modelNames.join(', ')}, or a file such as ./net.js.`,
  );
}

/** `--model` of commands that take weights. */
export const weightsModelOption = (): Option =>
  new Option(
    '--model <name>',
    "lenet, lenet5, or a file whose default export is a network's class (default: what the weights are of)",
  ).argParser(modelName);

/** `--classes` of commands that name them. */
export const classesOption = [
  '--classes <file>',
  'names of the classes, a line each or a JSON array (default: those of the data set)',
] as const;

type Made = Module & Partial<ImageModel>;

/**
 * A network of the class that a file exports by default, made without arguments.
 *
 * @returns With `inputShape`, `[1, 28, 28]` where it does not say, and `transform`: `ToTensor` for that shape.
 * @throws {TorchError} As `ownMaker`, and what it makes.
 */
export const makeOwn = async (torch: Torch, file: string): Promise<ImageModel> =>
  (await ownMaker(torch, file))();

/**
 * What makes networks of the class that a file exports by default, as `makeOwn` does.
 *
 * @returns It throws `ERR_FILE_FORMAT` for a class that cannot be made without arguments.
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`; `ERR_FILE_FORMAT` for a file that cannot be imported or exports no such class.
 */
export async function ownMaker(torch: Torch, file: string): Promise<() => ImageModel> {
  const path = resolve(file);
  const { href } = pathToFileURL(path);
  const wrong = (message: string, cause?: Error): Error =>
    new torch.TorchError(
      'ERR_FILE_FORMAT',
      `${file}: ${message}${cause === undefined ? '' : `: ${cause.message}${lineOf(cause, href)}`}`,
      cause && { cause },
    );
  if (!existsSync(path)) {
    throw new torch.TorchError('ERR_FILE_NOT_FOUND', `${file} does not exist`);
  }
  if (statSync(path).isDirectory()) throw wrong('expected a file, found a folder');
  const { default: Class } = await (import(href) as Promise<{ default?: unknown }>).catch(
    (thrown: unknown) => {
      const error = asError(thrown);
      if ((error as { code?: string }).code === 'ERR_UNKNOWN_FILE_EXTENSION' && isTyped(file)) {
        throw wrong('this Node.js reads no TypeScript: compile it to JavaScript first');
      }
      throw wrong('it cannot be imported', error);
    },
  );
  if (typeof Class !== 'function' || !(Class.prototype instanceof torch.nn.Module)) {
    throw wrong(
      'expected a class that extends nn.Module as its default export (of the lenet-torch that this command is of)',
    );
  }
  return () => {
    let net: Made;
    try {
      net = Reflect.construct(Class, []);
    } catch (error) {
      throw wrong(`a ${Class.name} cannot be made without arguments`, asError(error));
    }
    return withForm(torch, net, wrong);
  };
}

const isTyped = (file: string): boolean => /\.[cm]?ts$/.test(file);

// Whoever writes the file may throw anything.
const asError = (thrown: unknown): Error =>
  thrown instanceof Error ? thrown : new Error(String(thrown));

// Where in the file something went wrong: of a mistake in its writing, the message alone says nothing.
function lineOf({ stack = '' }: Error, href: string): string {
  const [, after] = stack.split(`${href}:`);
  const line = after === undefined ? undefined : /^\d+/.exec(after)?.[0];
  return line === undefined ? '' : ` (line ${line})`;
}

// What a network does not say of itself is that it takes the images as they are.
function withForm(torch: Torch, net: Made, wrong: (message: string) => Error): ImageModel {
  const { inputShape = [1, 28, 28], transform } = net;
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(net, name, { value, configurable: true });
  };
  if (net.inputShape === undefined) define('inputShape', inputShape);
  if (transform === undefined) {
    define('transform', () => {
      if (String(inputShape) === '1,28,28') return new torch.data.transforms.ToTensor();
      throw wrong(
        `expected a method transform() that makes [${inputShape}] of images [1,28,28], as inputShape says`,
      );
    });
  }
  return net as ImageModel;
}

/** Whether a network of {@link makeOwn} makes what it takes of images as Fashion-MNIST has them. */
export const takesPictures = (net: ImageModel): boolean =>
  String(net.inputShape) === '1,28,28' || !Object.hasOwn(net, 'transform');

/**
 * The names in a file: a line each, or a JSON array.
 * @returns `undefined` where no file is named.
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`; `ERR_FILE_FORMAT` for anything else.
 */
export function classesIn(torch: Torch, file: string | undefined): readonly string[] | undefined {
  if (file === undefined) return undefined;
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw readError(error, file);
  }
  const names = text.startsWith('[')
    ? parsed(text)
    : text.split(/\r?\n/).map((line) => line.trim());
  if (Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')) {
    return names;
  }
  throw new torch.TorchError(
    'ERR_FILE_FORMAT',
    `${file}: expected names of classes, a line each or a JSON array`,
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Names for the outputs of a network: those given, which are to be as many; else those that its weights' file has, or
 * Fashion-MNIST's, where it has as many.
 * @param metadata - Of that file.
 * @throws {TorchError} `ERR_FILE_FORMAT`
 */
export function namesFor(
  torch: Torch,
  given: readonly string[] | undefined,
  count: number,
  metadata: Readonly<Record<string, string>> = {},
): readonly string[] {
  const classes = classesOf(metadata) ?? torch.data.FashionMNIST.classes;
  if (given === undefined) {
    return count === classes.length ? classes : Array.from({ length: count }, (_, i) => String(i));
  }
  if (given.length === count) return given;
  throw new torch.TorchError(
    'ERR_FILE_FORMAT',
    `--classes: expected ${count} names, one for each output, found ${given.length}`,
  );
}

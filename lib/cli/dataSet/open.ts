import { resolve } from 'node:path';
import type { Command } from 'commander';

import { idxSets } from '../../data/sets/idxSets.js';
import type { ImageSet } from '../../data/sets/imageSet.js';
import type { Module } from '../../nn/index.js';
import type { Transform } from '../../transforms/transform.js';
import type { Torch } from '../torch.js';
import { isNamed, usualSet } from './option.js';
import { PictureFolder } from './pictures.js';

/** A data set that a command works with. */
export interface OpenedSet {
  readonly classes: readonly string[];
  /** The images for training or for tests, as a network takes them. */
  load(train: boolean, transform?: Transform): Promise<ImageSet>;
}

/**
 * @param dataSet - A name, or a folder of pictures.
 * @param root - Where the files of a named one are. Default: what setup brought.
 * @throws {TorchError} As the data set's own class.
 */
export async function openDataSet(
  torch: Torch,
  dataSet: string,
  root: string | undefined,
): Promise<OpenedSet> {
  if (!isNamed(dataSet)) return new PictureFolder(torch, dataSet);
  const { namedSets } = await import('../../data/sets/named.js');
  return {
    classes: idxSets[dataSet]!.classes,
    load: async (train, transform) =>
      namedSets[dataSet]!({
        train,
        ...(transform && { transform }),
        ...(root !== undefined && { root }),
      }),
  };
}

/** The options of a command that tests weights. */
export interface TestedOptions {
  readonly dataSet?: string;
  readonly data?: string;
}

/**
 * The data set that weights are tested on: the one that is named, else what they were trained on.
 * @param metadata - Of the weights' file.
 * @throws {TorchError} `ERR_DATA_NOT_FOUND` where that was a folder of pictures, which the file does not name.
 */
export async function openTestedSet(
  torch: Torch,
  metadata: Readonly<Record<string, string>>,
  { dataSet = trainedOn(torch, metadata), data }: TestedOptions,
  command: Command,
): Promise<OpenedSet> {
  refuseBoth(dataSet, data, command);
  return openDataSet(torch, dataSet, data);
}

/** Ends the command where files are named for what has none. */
export function refuseBoth(dataSet: string, data: string | undefined, command: Command): void {
  if (data === undefined || isNamed(dataSet)) return;
  command.error(
    "error: option '--data <dir>' goes with a data set's name, not with a folder of pictures",
  );
}

function trainedOn(torch: Torch, { dataSet, classes }: Readonly<Record<string, string>>): string {
  if (dataSet !== undefined && isNamed(dataSet)) return dataSet;
  if (classes === undefined) return usualSet;
  throw new torch.TorchError(
    'ERR_DATA_NOT_FOUND',
    'the weights were trained on a folder of pictures: name it with --data-set DIR',
  );
}

/** Has the files of a network's weights say what it was trained on, where that is not what all commands take anyway. */
export function carryDataSet(net: Module, dataSet: string, classes: readonly string[]): void {
  if (dataSet === usualSet) return;
  const own = net.extraMetadata.bind(net);
  const named = isNamed(dataSet) ? { dataSet } : {};
  Object.defineProperty(net, 'extraMetadata', {
    value: () => ({ ...own(), ...named, classes: JSON.stringify(classes) }),
    configurable: true,
  });
}

/** The names of the classes that {@link carryDataSet} has written; `undefined` where it has not. */
export function classesOf(metadata: Readonly<Record<string, string>>): string[] | undefined {
  try {
    const names: unknown = JSON.parse(metadata.classes ?? '');
    const isList = Array.isArray(names) && names.every((name) => typeof name === 'string');
    return isList ? names : undefined;
  } catch {
    return undefined;
  }
}

/** A data set for another place: the folder of pictures by its whole path. */
export const kept = (dataSet: string): string => (isNamed(dataSet) ? dataSet : resolve(dataSet));

import { statSync } from 'node:fs';
import { InvalidArgumentError, Option } from 'commander';

import { idxSets } from '../../data/sets/idxSets.js';

/** The data set that commands take where none is named. */
export const usualSet = 'fashion-mnist';

/** Whether a data set is one of the package's, by its name; else it is a folder of pictures. */
export const isNamed = (dataSet: string): boolean => Object.hasOwn(idxSets, dataSet);

/** `--data-set` of commands that train and test. */
export const dataSetOption = (standard: string): Option =>
  new Option(
    '--data-set <name>',
    `${Object.keys(idxSets).slice(0, 4).join(', ')}, emnist-letters and other splits, or a folder of pictures: train and test ` +
      `in it, and in these a folder for each class (default: ${standard})`,
  ).argParser(dataSetName);

/** `--data-set` of `setup`. */
export const broughtSetOption = (): Option =>
  new Option('--data-set <name>', `the data set to bring (default: ${usualSet})`).choices(
    Object.keys(idxSets),
  );

function dataSetName(text: string): string {
  if (isNamed(text) || isFolder(text)) return text;
  throw new InvalidArgumentError(
    `Allowed choices are ${Object.keys(idxSets).join(', ')}, or a folder of pictures that is there.`,
  );
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

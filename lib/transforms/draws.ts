import { empty, rand, randint, randperm, type Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';

// All draw from the default generator as torchvision does, in its order: the numbers after a seed are its.

const itemOf = (make: () => Tensor): number => tidy(() => Number(make().item()));

/** Evenly between two numbers. */
export const between = (from: number, to: number): number =>
  itemOf(() => empty([1]).uniform_(from, to));

/** An integer from `low` to below `high`. */
export const integerFrom = (low: number, high: number): number =>
  itemOf(() => randint(low, high, [1]));

/** Whether something of that probability happens. */
export const happens = (p: number): boolean => itemOf(() => rand([1])) < p;

/** A number from 0 to 1 of more digits, for what Python leaves to its own generator. */
export const share = (): number => itemOf(() => rand([1], { dtype: 'float64' }));

/** 0 … n − 1 in any order. */
export const orderOf = (n: number): number[] => tidy(() => randperm(n).tolist() as number[]);

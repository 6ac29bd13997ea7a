import { InvalidArgumentError } from 'commander';

/** A parser of integers in a range. */
export const integer =
  (least: number, most = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : `≥ ${least}`;
    throw new InvalidArgumentError(`Expected an integer ${range}.`);
  };

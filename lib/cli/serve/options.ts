import { InvalidArgumentError } from 'commander';

const durations: Readonly<Record<string, number>> = { ms: 1, s: 1000 };
const sizes: Readonly<Record<string, number>> = { '': 1, b: 1, kb: 1e3, mb: 1e6, gb: 1e9 };

/** `2ms`, `0.5s` in milliseconds. */
export function duration(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s)$/.exec(text) ?? [];
  if (number === undefined) throw new InvalidArgumentError('Expected a time such as 2ms or 0.5s.');
  return Number(number) * durations[unit!]!;
}

/** `10mb`, `500kb` in bytes. */
export function bytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(b|kb|mb|gb|)$/i.exec(text) ?? [];
  const size = number === undefined ? 0 : Math.floor(Number(number) * sizes[unit!.toLowerCase()]!);
  if (size >= 1) return size;
  throw new InvalidArgumentError('Expected a size such as 10mb or 500kb.');
}

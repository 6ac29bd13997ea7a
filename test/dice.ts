/** Random choices that depend on a seed alone. */
export function dice(seed: number) {
  let state = seed * 2_654_435_761 + 1;
  const next = (): number => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
    return state / 2 ** 32;
  };
  next();
  return {
    pick: <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)]!,
    /** An integer from 0 to `most`. */
    upto: (most: number): number => Math.floor(next() * (most + 1)),
    many: <T>(items: readonly T[], most: number): T[] =>
      Array.from({ length: Math.floor(next() * (most + 1)) }, () =>
        Math.floor(next() * items.length),
      ).map((i) => items[i]!),
  };
}

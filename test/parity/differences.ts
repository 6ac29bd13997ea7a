// What functions take otherwise than Python, and why: test/parity/differences.json, by names (`optim.*` stands for all of
// them) and by what a comparison says.
import { fits } from '../../scripts/names.js';
import listed from './differences.json' with { type: 'json' };

type Listed = Readonly<Record<string, Readonly<Record<string, string>>>>;

// `a b cannot be given` is said of each.
const said = (key: string): string[] => {
  const [, names, end] = /^(.*)( cannot be given)$/.exec(key) ?? [];
  return names === undefined ? [key] : names.split(' ').map((name) => name + end);
};

const differences = Object.entries(listed as Listed).map(
  ([pattern, problems]) => [pattern, Object.keys(problems).flatMap(said)] as const,
);

/** Of what a comparison says of a name: what is not listed, and what is. */
export function sorted(name: string, problems: readonly string[]) {
  const known = differences
    .filter(([pattern]) => fits(pattern, name))
    .flatMap(([pattern, listed]) => listed.map((problem) => ({ pattern, problem })));
  return {
    unknown: problems.filter((each) => !known.some(({ problem }) => problem === each)),
    known: known
      .filter(({ problem }) => problems.includes(problem))
      .map(({ pattern, problem }) => `${pattern}: ${problem}`),
  };
}

/** All that are listed for names that `wanted` takes. */
export const all = (wanted: (pattern: string) => boolean): string[] =>
  differences
    .filter(([pattern]) => wanted(pattern))
    .flatMap(([pattern, listed]) => listed.map((problem) => `${pattern}: ${problem}`));

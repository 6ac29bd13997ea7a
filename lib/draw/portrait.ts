import { anything, oneOf, text } from '../argument/kind.js';
import { readOptions, type SpecOf, type ValuesOf } from '../argument/options.js';
import { area, pair } from '../argument/sizes.js';
import { invalidArgument } from '../error.js';
import type { Module, Portrait } from '../nn/index.js';
import type { Tensor } from '../tensor/index.js';
import { tensorKind } from '../tensor/kinds.js';

const kind = oneOf('convolution', 'subsampling', 'full', 'rbf');

type Connections = NonNullable<Portrait['connections']>;

const spec = {
  kind: kind.optional(),
  verb: text.optional(),
  window: pair(1).optional(),
  activation: text.optional(),
  weight: tensorKind.optional(),
  connections: anything<Connections>('input channels').optional(),
} satisfies SpecOf<Portrait>;

/** A {@link Portrait} that has been looked at. */
export type Drawn = ValuesOf<typeof spec> & Pick<Portrait, 'kind' | 'verb'>;

/** A layer whose kernels lead from some channels to others. */
export type Connected = Drawn & {
  readonly window: readonly [number, number];
  readonly weight: Tensor;
  readonly connections: Connections;
};

/**
 * What a module says of itself, looked at: it may be a module of the user's own.
 *
 * @throws {TypeError} `ERR_INVALID_ARG`
 */
export function portraitOf(module: Module): Drawn | undefined {
  // Without types, a module may have a member of that name.
  const given: unknown = typeof module.portrait === 'function' ? module.portrait() : undefined;
  if (given === undefined) return undefined;
  const what = `${module.constructor.name}.portrait`;
  const portrait = readOptions(what, spec, given) as Drawn;
  kind.read(`${what}: kind`, portrait.kind);
  text.read(`${what}: verb`, portrait.verb);
  if (portrait.connections !== undefined && !isConnected(portrait)) {
    throw invalidArgument(
      `${what}: connections: expected { inputs, table } with a kernel of the window's size in weight for ` +
        'each input channel in the table',
    );
  }
  return portrait;
}

export function isConnected(portrait: Drawn): portrait is Connected {
  const { window, weight, connections } = portrait;
  if (window === undefined || weight === undefined || connections === undefined) return false;
  const { inputs, table } = connections;
  if (!Array.isArray(table) || !table.every(Array.isArray)) return false;
  const all: unknown[] = table.flat();
  const isInput = (each: unknown) =>
    Number.isInteger(each) && (each as number) >= 0 && (each as number) < inputs;
  return all.every(isInput) && all.length * area(window) === weight.numel();
}

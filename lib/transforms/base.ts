import type { Args, ArgsOf } from '../argument/arguments.js';
import type { GivenTo } from '../argument/ordered.js';
import { layer } from '../nn/layer.js';
import type { Module } from '../nn/module/module.js';
import type { Transform } from './transform.js';

/** A class to derive a transform from, with what it is made with as fields. */
export type TransformClass<
  Needed extends unknown[],
  More extends unknown[],
  A extends Args,
> = abstract new (
  ...given: GivenTo<Needed, More, A>
) => Module & ArgsOf<A> & { readonly alike: boolean };

/**
 * A base class for a transform that is an `nn.Module` in torchvision: `transform<[size: Edges], [p?: number]>()('Name',
 * …)`, with the types of what has to be given and of what may be.
 *
 * @param repr - What Python prints between the parentheses, as for a layer.
 */
export function transform<Needed extends unknown[], More extends unknown[] = []>() {
  return <A extends Args>(name: string, args: A, repr = ''): TransformClass<Needed, More, A> => {
    const Base = layer(name, { args, repr }) as unknown as TransformClass<Needed, More, A>;
    // What draws, draws once for all that it is given.
    Object.defineProperty(Base.prototype, 'alike', {
      get(this: Transform): boolean {
        return this.fixed !== true;
      },
    });
    return Base;
  };
}

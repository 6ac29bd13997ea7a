import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { Kind, orNull, probability } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import { pythonText } from '../nn/module/repr.js';
import type { Tensor } from '../tensor/index.js';
import { transform } from './base.js';
import { happens, orderOf, share } from './draws.js';
import {
  follow,
  forPictures,
  isAlike,
  isFixed,
  isPointwise,
  type Step,
  stepsKind,
  type Transform,
} from './transform.js';

const textOf = (step: Step): string =>
  typeof step === 'function' ? `<function ${step.name || '<lambda>'}>` : String(step);

const linesOf = (steps: readonly Step[]): string =>
  steps.map((step) => `\n    ${textOf(step)}`).join('');

const all = (steps: readonly Step[], images: unknown): unknown =>
  steps.reduce((result: unknown, step) => follow(step, result), images);

/**
 * Transforms one after another; mirrors torchvision's `Compose`.
 *
 * @param transforms - Transforms, other objects with `forward`, or functions.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @example
 * const { Compose, Normalize, ToTensor } = data.transforms;
 * const both = new Compose([new ToTensor(), new Normalize(0.5, 0.5)]);
 * both.forward(torch.tensor([[[0, 255]]], { dtype: 'uint8' })); // → tensor([[[-1., 1.]]])
 */
export class Compose implements Transform {
  readonly transforms: readonly Step[];

  constructor(transforms: Iterable<Step>) {
    atMost('Compose', 1, arguments.length);
    this.transforms = stepsKind.read('Compose: transforms', transforms);
  }

  get pointwise(): boolean {
    return this.transforms.every(isPointwise);
  }

  get fixed(): boolean {
    return this.transforms.every(isFixed);
  }

  get alike(): boolean {
    return this.transforms.some(isAlike);
  }

  forward(images: Tensor): Tensor {
    atMost('Compose.forward', 1, arguments.length);
    return all(this.transforms, images) as Tensor;
  }

  forPictures(): Compose {
    atMost('forPictures', 0, arguments.length);
    return new Compose(this.transforms.map(forPictures));
  }

  /** What Python prints. */
  toString(): string {
    atMost('toString', 0, arguments.length);
    return `${this.constructor.name}(${linesOf(this.transforms)}\n)`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * A function as a transform; mirrors torchvision's `Lambda`.
 *
 * @param lambd - Is given images, and gives what the next transform takes.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything but a function.
 * @example
 * const double = new data.transforms.Lambda((x: torch.Tensor) => x.mul(2));
 * double.forward(torch.ones(2)); // → tensor([2., 2.])
 * double; // → Lambda()
 */
export class Lambda implements Transform {
  // biome-ignore lint/suspicious/noExplicitAny: what a step gives, the next one takes
  readonly lambd: (images: any) => any;

  // biome-ignore lint/suspicious/noExplicitAny: as above
  constructor(lambd: (images: any) => any) {
    atMost('Lambda', 1, arguments.length);
    if (typeof lambd !== 'function') throw invalidArgument('Lambda: lambd: expected a function');
    this.lambd = lambd;
  }

  get alike(): boolean {
    return true;
  }

  forward(images: Tensor): Tensor {
    atMost('Lambda.forward', 1, arguments.length);
    return this.lambd(images) as Tensor;
  }

  /** What Python prints. */
  toString(): string {
    atMost('toString', 0, arguments.length);
    return `${this.constructor.name}()`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/**
 * All of some transforms, or none of them; mirrors torchvision's `RandomApply`, with its draw.
 *
 * @param transforms - Transforms, other objects with `forward`, or functions; an `nn.ModuleList` too.
 * @param p - Their probability. Default 0.5.
 * @example
 * const { Pad, RandomApply } = data.transforms;
 * new RandomApply([new Pad(1), new Pad(2)], 1).forward(torch.ones(1, 2, 2)).shape; // → [ 1, 8, 8 ]
 * new RandomApply([new Pad(1)], { p: 0 }).forward(torch.ones(1, 2, 2)).shape; // → [ 1, 2, 2 ]
 */
export class RandomApply
  extends transform<[transforms: Iterable<Step>], [p?: number]>()('RandomApply', {
    transforms: stepsKind,
    p: probability.or(0.5),
  })
  implements Transform
{
  forward(img: Tensor): Tensor {
    atMost('RandomApply.forward', 1, arguments.length);
    return happens(this.p) ? (all(this.transforms, img) as Tensor) : img;
  }

  forPictures(): RandomApply {
    atMost('forPictures', 0, arguments.length);
    return new RandomApply(this.transforms.map(forPictures), this.p);
  }

  override toString(): string {
    atMost('toString', 0, arguments.length);
    return `${this.constructor.name}(\n    p=${pythonText(this.p)}${linesOf(this.transforms)}\n)`;
  }
}

/**
 * Transforms in a random order; mirrors torchvision's `RandomOrder`. Python's own generator draws the order there; here it
 * is torch's, as `randperm` draws it, so that it follows `manualSeed`.
 *
 * @param transforms - Transforms, other objects with `forward`, or functions.
 * @example
 * const any = new data.transforms.RandomOrder([(x: torch.Tensor) => x.add(1), (x: torch.Tensor) => x.mul(2)]);
 * [3, 4].includes(Number(any.forward(torch.ones(1)).item())); // → true
 */
export class RandomOrder implements Transform {
  readonly transforms: readonly Step[];

  constructor(transforms: Iterable<Step>) {
    atMost('RandomOrder', 1, arguments.length);
    this.transforms = stepsKind.read('RandomOrder: transforms', transforms);
  }

  get alike(): boolean {
    return true;
  }

  forward(images: Tensor): Tensor {
    atMost('RandomOrder.forward', 1, arguments.length);
    const order = orderOf(this.transforms.length);
    return all(
      order.map((each) => this.transforms[each]!),
      images,
    ) as Tensor;
  }

  forPictures(): RandomOrder {
    atMost('forPictures', 0, arguments.length);
    return new RandomOrder(this.transforms.map(forPictures));
  }

  /** What Python prints. */
  toString(): string {
    atMost('toString', 0, arguments.length);
    return `${this.constructor.name}(${linesOf(this.transforms)}\n)`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

const weightsKind: Kind<readonly number[]> = new Kind(
  'a list of numbers ≥ 0, not all of them 0',
  (given) =>
    Array.isArray(given) &&
    given.every((each) => Number.isFinite(each) && each >= 0) &&
    given.some((each) => each > 0)
      ? (given as readonly number[])
      : undefined,
);

const choiceSpec = { p: orNull(weightsKind).or(null) };

/**
 * One of some transforms; mirrors torchvision's `RandomChoice`. Python's own generator draws it there; here it is one
 * number of torch's, in float64, so that it follows `manualSeed`.
 *
 * @param transforms - Transforms, other objects with `forward`, or functions.
 * @param p - Their weights. Default `null`: all alike.
 * @throws {TypeError} `ERR_INVALID_ARG` for no transforms, and for another number of weights.
 * @example
 * const { Pad, RandomChoice } = data.transforms;
 * const choice = new RandomChoice([new Pad(1), new Pad(2)], { p: [0, 1] });
 * choice.forward(torch.ones(1, 2, 2)).shape; // → [ 1, 6, 6 ]
 */
export class RandomChoice implements Transform {
  readonly transforms: readonly Step[];
  readonly p: readonly number[] | null;

  constructor(
    transforms: Iterable<Step>,
    p?: readonly number[] | null | { p?: readonly number[] | null },
  ) {
    atMost('RandomChoice', 2, arguments.length);
    this.transforms = stepsKind.read('RandomChoice: transforms', transforms);
    const given = Array.isArray(p) || p === null ? { p } : p;
    this.p = readOptions('RandomChoice', choiceSpec, given).p;
    const count = this.transforms.length;
    if (count === 0) throw invalidArgument('RandomChoice: transforms: expected at least one');
    if (this.p !== null && this.p.length !== count) {
      throw invalidArgument(
        `RandomChoice: p: expected as many weights as transforms, ${count}, got ${this.p.length}`,
      );
    }
  }

  get alike(): boolean {
    return true;
  }

  forward(images: Tensor): Tensor {
    atMost('RandomChoice.forward', 1, arguments.length);
    const weights = this.p ?? this.transforms.map(() => 1);
    const drawn = share() * weights.reduce((sum, weight) => sum + weight, 0);
    let below = 0;
    const chosen = weights.findIndex((weight) => {
      below += weight;
      return drawn < below;
    });
    // Rounding may leave the last bit of the last weight to nobody.
    const last = weights.findLastIndex((weight) => weight > 0);
    return follow(this.transforms[chosen < 0 ? last : chosen]!, images) as Tensor;
  }

  forPictures(): RandomChoice {
    atMost('forPictures', 0, arguments.length);
    return new RandomChoice(this.transforms.map(forPictures), this.p);
  }

  /** What Python prints. */
  toString(): string {
    atMost('toString', 0, arguments.length);
    return `${this.constructor.name}(${linesOf(this.transforms)}\n)(p=${pythonText(this.p)})`;
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

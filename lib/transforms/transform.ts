import { holds } from '../argument/holds.js';
import { Kind } from '../argument/kind.js';
import type { Tensor } from '../tensor/index.js';

/**
 * Changes images: a batch `(N, C, H, W)`, where nothing else is said. What it says of itself holds as long as no subclass overrides
 * `forward` alone.
 */
export interface Transform {
  /** Whether each pixel's result depends on its value alone, so that a loader may look it up in a table. Default false. */
  readonly pointwise?: boolean;
  /** Whether each image is treated by itself, and the same each time: no numbers are drawn. Default false. */
  readonly fixed?: boolean;
  /**
   * Whether one draw is for all images that are given at once: data sets then ask image by image, `(C, H, W)`, in the order
   * of the batch, as Python's do. Default false.
   */
  readonly alike?: boolean;
  forward(images: Tensor): Tensor;
  /** What stands in its place where images are pictures, that Python's data sets hand out as Pillow's. Default: itself. */
  forPictures?(): Transform;
}

/** Anything that changes images: an object with `forward`, or a function. */
export type Step =
  // biome-ignore lint/suspicious/noExplicitAny: what a step gives, the next one takes
  { forward(images: any): any } | ((images: any) => any);

export const isPointwise = (step: Step): boolean =>
  (step as Transform).pointwise === true && holds(step, 'pointwise', ['forward']);

export const isFixed = (step: Step): boolean =>
  (step as Transform).fixed === true && holds(step, 'fixed', ['forward']);

/** Of a function nothing is known, and Python's are written for single images. */
export const isAlike = (step: Step): boolean =>
  typeof step === 'function' || (step as Transform).alike === true;

/** What a data set of pictures does in the place of a step. */
export function forPictures<S extends Step>(step: S): S {
  const { forPictures: twin } = step as Partial<Transform>;
  if (twin === undefined || !holds(step, 'forPictures', ['forward'])) return step;
  return twin.call(step) as unknown as S;
}

/** What a step makes of images. */
export const follow = (step: Step, images: unknown): unknown =>
  typeof step === 'function' ? step(images) : step.forward(images);

// A class in the place of an object of it is a function too.
export function isStep(given: unknown): given is Step {
  if (typeof given === 'function') return given.prototype?.forward === undefined;
  return typeof (given as Transform | null)?.forward === 'function';
}

const isSteps = (given: unknown): given is readonly Step[] =>
  given !== null &&
  typeof given === 'object' &&
  Symbol.iterator in given &&
  [...(given as Iterable<unknown>)].every(isStep);

/** Steps one after another: an array, or an `nn.ModuleList`. */
export const stepsKind: Kind<Iterable<Step>, readonly Step[]> = new Kind(
  'a list of transforms, each an object with forward() or a function',
  (given) => (isSteps(given) ? [...given] : undefined),
);

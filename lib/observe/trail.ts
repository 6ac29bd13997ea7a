import { isPlain } from '../argument/options.js';
import { TorchError } from '../error.js';
import type { NativeFunction } from '../native/exports/operators.js';
import { native } from '../native/load.js';
import { watchCalls } from '../native/ops.js';
import { Tensor } from '../tensor/index.js';

// A tensor of the pass, by its number: the images are 0, results follow in their order.
class Place {
  readonly number: number;

  constructor(number: number) {
    this.number = number;
  }
}

// An integer that grows with the number of images.
class Growing {
  readonly fixed: number;
  readonly perImage: number;

  constructor(fixed: number, perImage: number) {
    this.fixed = fixed;
    this.perImage = perImage;
  }

  at(count: number): number {
    return this.fixed + this.perImage * count;
  }
}

interface Call {
  readonly operator: NativeFunction;
  readonly args: readonly unknown[];
  /** A place, a list of them, or a tensor that was there before: what is changed in place. */
  readonly result: unknown;
  /** Whether gradients were being recorded. */
  readonly withGrad: boolean;
}

interface Outline {
  readonly dtype: Tensor['dtype'];
  readonly deviceName: string;
  readonly shape: readonly (number | Growing)[];
}

// What a pass of one number of images did; integers that grow with it, where two are joined.
interface Notes {
  readonly count: number;
  readonly calls: readonly Call[];
  readonly outlines: readonly Outline[];
  readonly output: number;
}

// Thrown where a pass does something that cannot be compared, or not what is expected.
function stray(): never {
  throw new TorchError('ERR_ENGINE_UNSUPPORTED', 'the forward pass does something else');
}

// A copy of an argument with every place in it mapped.
function mapped(value: unknown, map: (leaf: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => mapped(each, map));
  if (!isPlain(value)) return map(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapped(each, map)]));
}

function joinNumbers(a: number, b: number, counts: readonly [number, number]): unknown {
  const perImage = (b - a) / (counts[1] - counts[0]);
  if (!Number.isInteger(perImage)) stray();
  return new Growing(a - perImage * counts[0], perImage);
}

function joined(a: unknown, b: unknown, counts: readonly [number, number]): unknown {
  if (Object.is(a, b)) return a;
  if (typeof a === 'number' && typeof b === 'number') return joinNumbers(a, b, counts);
  if (a instanceof Place) return b instanceof Place && a.number === b.number ? a : stray();
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) stray();
  const keys = Object.keys(a);
  if (!sameForm(a, b) || String(keys) !== String(Object.keys(b))) stray();
  const parts = keys.map((key) => joined(Reflect.get(a, key), Reflect.get(b, key), counts));
  return Array.isArray(a) ? parts : Object.fromEntries(keys.map((key, i) => [key, parts[i]]));
}

// Two arrays, or two plain objects.
const sameForm = (a: object, b: object): boolean =>
  Array.isArray(a) ? Array.isArray(b) : !Array.isArray(b) && isPlain(a) && isPlain(b);

function join(a: Notes, b: Notes): Notes {
  const counts = [a.count, b.count] as const;
  const same = a.output === b.output && a.outlines.length === b.outlines.length;
  if (!same || a.calls.length !== b.calls.length) stray();
  return {
    count: a.count,
    output: a.output,
    outlines: a.outlines.map(({ dtype, deviceName, shape }, i) => {
      const other = b.outlines[i]!;
      if (dtype !== other.dtype || deviceName !== other.deviceName) stray();
      return { dtype, deviceName, shape: joined(shape, other.shape, counts) as Outline['shape'] };
    }),
    calls: a.calls.map(({ operator, args, result, withGrad }, i) => {
      const other = b.calls[i]!;
      if (operator !== other.operator || withGrad !== other.withGrad) stray();
      return {
        operator,
        withGrad,
        args: joined(args, other.args, counts) as unknown[],
        result: joined(result, other.result, counts),
      };
    }),
  };
}

/** Which operators a forward pass calls, and with which arguments. */
export class TrailRecorder {
  readonly #numbers = new Map<unknown, number>();
  readonly #calls: Call[] = [];
  readonly #outlines: Outline[] = [];
  #strayed = false;

  /** Runs a pass over images and notes what it calls. */
  record<T>(images: Tensor, run: () => T): T {
    this.#add(images);
    return watchCalls((operator, args) => {
      const noted = this.#strayed ? [] : args.map((arg) => this.#note(arg));
      const result = operator(...args);
      const withGrad = native.isGradEnabled();
      this.#calls.push({ operator, args: noted, result: this.#noteResult(result, args), withGrad });
      return result;
    }, run);
  }

  #noteResult(result: unknown, args: readonly unknown[]): unknown {
    if (Array.isArray(result)) return result.map((each) => this.#noteResult(each, args));
    if (!(result instanceof Tensor)) this.#strayed = true;
    else if (!args.includes(result)) this.#add(result);
    return this.#note(result);
  }

  #add(tensor: Tensor): number {
    const known = this.#numbers.get(tensor);
    if (known !== undefined) return known;
    const number = this.#numbers.size;
    this.#numbers.set(tensor, number);
    const { dtype, deviceName, shape } = tensor;
    this.#outlines.push({ dtype, deviceName, shape });
    return number;
  }

  // As it is now: arrays and objects may be changed later.
  #note(arg: unknown): unknown {
    return mapped(arg, (leaf) => {
      const number = this.#numbers.get(leaf);
      return number === undefined ? leaf : new Place(number);
    });
  }

  /** What was noted; `undefined` where passes cannot be held against it. */
  notes(output: unknown): Notes | undefined {
    const number = this.#numbers.get(output);
    if (number === undefined || this.#strayed) return undefined;
    const [images] = this.#outlines;
    return {
      count: images!.shape[0] as number,
      calls: this.#calls,
      outlines: this.#outlines,
      output: number,
    };
  }
}

export type { Notes as TrailNotes };

const imagesOfPass = Symbol('the images');

/**
 * What two forward passes over different numbers of images had in common. A later pass can be followed along it:
 * its JavaScript runs, but no operator computes; each call is compared and answered with a hollow tensor, which
 * has the result's sizes and no elements.
 */
export class Trail {
  readonly #notes: Notes;
  readonly #hollows: readonly Tensor[];
  // For so many images as were followed last.
  #count = -1;
  #shape: readonly unknown[] = [];
  #expected: readonly (readonly unknown[])[] = [];
  #results: readonly unknown[] = [];
  // Of the pass that is followed.
  #images: unknown;
  #next = 0;
  #strayed = false;
  #withGrad = false;

  constructor(notes: Notes) {
    this.#notes = notes;
    this.#hollows = notes.outlines.map(({ dtype, deviceName }) =>
      native.newHollow(dtype, deviceName),
    );
  }

  /** @returns `undefined` where the two have not done the same. */
  static of(a: Notes | undefined, b: Notes | undefined): Trail | undefined {
    if (a === undefined || b === undefined) return undefined;
    try {
      return new Trail(join(a, b));
    } catch (error) {
      if ((error as TorchError).code !== 'ERR_ENGINE_UNSUPPORTED') throw error;
      return undefined;
    }
  }

  /** As {@link leads}, for so many images of the trail's kind; `run` is given hollow ones. */
  leadsFor(count: number, run: (images: Tensor) => unknown): boolean {
    const images = this.#hollows[0]!;
    return this.#follow(images, count, () => run(images));
  }

  /**
   * Whether images are of the trail's kind, and a pass over them does the same.
   * @param shape - The images'.
   * @param run - Runs the pass and returns its result. What it throws is no error: it does otherwise then.
   */
  leads(images: Tensor, shape: readonly number[], run: () => unknown): boolean {
    return this.#follow(images, shape[0]!, () => {
      const isOfKind = images.dtype === this.#notes.outlines[0]!.dtype;
      if (!isOfKind || !this.#fits(this.#shape, shape)) stray();
      return run();
    });
  }

  #follow(images: Tensor, count: number, run: () => unknown): boolean {
    // Where none are recorded, whether a call would is all the same, and not asked: a lone image waits for it.
    this.#withGrad = native.isGradEnabled();
    native.beginFollowing();
    this.#images = images;
    this.#next = 0;
    this.#strayed = false;
    let output: unknown;
    let isUndisturbed = false;
    try {
      this.#lay(count);
      output = watchCalls(this.#step, run);
    } catch {
      this.#strayed = true;
    } finally {
      isUndisturbed = native.endFollowing();
      this.#images = undefined;
    }
    const { output: last, calls } = this.#notes;
    const expected = last === 0 ? images : this.#hollows[last];
    return isUndisturbed && !this.#strayed && this.#next === calls.length && output === expected;
  }

  // Makes what is expected that of so many images.
  #lay(count: number): void {
    if (count === this.#count) return;
    const { calls, outlines } = this.#notes;
    const size = (value: unknown): unknown => (value instanceof Growing ? value.at(count) : value);
    const leaf = (value: unknown): unknown => {
      if (!(value instanceof Place)) return size(value);
      return value.number === 0 ? imagesOfPass : this.#hollows[value.number];
    };
    this.#expected = calls.map(({ args }) => mapped(args, leaf) as unknown[]);
    this.#results = calls.map(({ result }) => mapped(result, leaf));
    const shapes = outlines.map(({ shape }) => shape.map(size) as number[]);
    shapes.forEach((shape, i) => {
      native.resizeHollow(this.#hollows[i]!, shape);
    });
    this.#shape = shapes[0]!;
    this.#count = count;
  }

  readonly #step = (operator: NativeFunction, args: readonly unknown[]): unknown => {
    const call = this.#notes.calls[this.#next];
    const expected = this.#expected[this.#next];
    const isKnown = call?.operator === operator && !this.#strayed && this.#allFit(expected!, args);
    if (!isKnown || (this.#withGrad && call.withGrad !== native.isGradEnabled())) {
      this.#strayed = true;
      stray();
    }
    const result = this.#results[this.#next++];
    // Lists are the caller's own.
    if (Array.isArray(result)) return [...result];
    return result === imagesOfPass ? this.#images : result;
  };

  #allFit(expected: readonly unknown[], given: readonly unknown[]): boolean {
    if (expected.length !== given.length) return false;
    for (let i = 0; i < given.length; i++) {
      if (!this.#fits(expected[i], given[i])) return false;
    }
    return true;
  }

  #fits(expected: unknown, given: unknown): boolean {
    if (expected === imagesOfPass) return given === this.#images;
    if (Object.is(expected, given)) return true;
    if (typeof expected !== 'object' || typeof given !== 'object') return false;
    if (expected === null || given === null || !sameForm(expected, given)) return false;
    if (Array.isArray(expected)) return this.#allFit(expected, given as unknown[]);
    const keys = Object.keys(expected);
    return (
      keys.length === Object.keys(given).length &&
      keys.every((key) => this.#fits(Reflect.get(expected, key), Reflect.get(given, key)))
    );
  }
}

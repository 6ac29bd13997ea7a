import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { isPlain } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import type { TypedArray } from '../../native/exports/data.js';
import { stack, Tensor, tensor } from '../../tensor/index.js';

/** What becomes of one part of the examples, put together. */
export type Collated<Part> = unknown extends Part
  ? Tensor
  : Part extends string
    ? string[]
    : Part extends Tensor | TypedArray | number | bigint | boolean
      ? Tensor
      : Part extends readonly (number | bigint | boolean)[]
        ? Tensor
        : Part extends readonly unknown[]
          ? { -readonly [Each in keyof Part]: Collated<Part[Each]> }
          : { [Name in keyof Part]: Collated<Part[Name]> };

/** A batch of a data set's examples: every part of the example is collated. */
export type BatchOf<Item> = Item extends readonly unknown[]
  ? { -readonly [Part in keyof Item]: Collated<Item[Part]> }
  : Collated<Item>;

/**
 * Puts examples together to a batch, with a first dimension more; mirrors `torch.utils.data.default_collate`. Tensors and
 * typed arrays, of one shape, are stacked; whole numbers and bigints become int64, booleans bool; texts stay an array; of
 * arrays and plain objects each part is put together by itself. Two things are JavaScript's own: a number with a fraction is
 * refused, since an example that happens to hold 3.0 could not be told from a label (`[0.5]` and `torch.tensor(0.5)` become
 * float32); and an array of numbers within an example becomes what `torch.tensor` makes of it, float32, where Python
 * takes it apart.
 *
 * @param examples - As a data set gives them, at least one; all alike.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else, and for examples that are not alike.
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
 * @example
 * const [X, y] = data.defaultCollate([[torch.ones(2), 3], [torch.ones(2), 4]] as [torch.Tensor, number][]);
 * X.shape; // → [ 2, 2 ]
 * y.tolist(); // → [ 3, 4 ]
 */
export function defaultCollate<Item>(examples: readonly Item[]): BatchOf<Item> {
  atMost('defaultCollate', 1, arguments.length);
  if (!Array.isArray(examples) || examples.length === 0) {
    throw invalidArgument(
      `defaultCollate: examples: expected an array with at least one example, got ${describe(examples)}`,
    );
  }
  return collateExamples('defaultCollate', examples) as BatchOf<Item>;
}

/** As {@link defaultCollate}. @param what - What errors begin with. */
export function collateExamples(what: string, examples: readonly unknown[]): unknown {
  const [first] = examples;
  if (!Array.isArray(first)) return collate(examples, `${what}: the examples`);
  const all = requireAlike(examples as readonly unknown[][], `${what}: the examples`);
  return first.map((_, part) =>
    collate(
      all.map((each) => each[part]),
      `${what}: part ${part} of the examples`,
    ),
  );
}

function requireAlike(arrays: readonly unknown[][], place: string): readonly unknown[][] {
  const [first] = arrays;
  const other = arrays.find((each) => !Array.isArray(each) || each.length !== first!.length);
  if (other === undefined) return arrays;
  const got = Array.isArray(other) ? `${first!.length} and ${other.length}` : describe(other);
  throw invalidArgument(`${place}: expected arrays with the same number of parts, got ${got}`);
}

// One part of the examples. Its dtype follows from what the parts are, never from which numbers a batch happens to hold.
function collate(parts: readonly unknown[], place: string): unknown {
  const all = (fits: (each: unknown) => boolean): boolean => parts.every(fits);
  if (all((each) => each instanceof Tensor)) return stacked(parts as Tensor[], place);
  if (all(isWhole)) return wholeNumbers(parts as (number | bigint)[], place);
  if (all((each) => typeof each === 'boolean')) return tensor(parts as boolean[]);
  if (all((each) => typeof each === 'string')) return [...parts];
  if (all(isTyped)) {
    const made = (parts as TypedArray[]).map((each) => tensor(each));
    return stacked(made, place);
  }
  if (all(Array.isArray)) {
    const arrays = parts as unknown[][];
    if (arrays.every(isNumeric)) return tensor(arrays as number[][]);
    requireAlike(arrays, place);
    return arrays[0]!.map((_, i) =>
      collate(
        arrays.map((each) => each[i]),
        `${place}: part ${i}`,
      ),
    );
  }
  if (all(isPlain)) return byName(parts as Record<string, unknown>[], place);
  throw invalidArgument(
    `${place}: expected tensors, numbers, booleans, texts, arrays or plain objects, all of one kind, got ` +
      [...new Set(parts.map(kindOf))].join(' and '),
  );
}

const isWhole = (each: unknown): boolean => typeof each === 'number' || typeof each === 'bigint';
const isTyped = (each: unknown): boolean => ArrayBuffer.isView(each) && !(each instanceof DataView);

function kindOf(value: unknown): string {
  return typeof value === 'object' ? describe(value) : typeof value;
}

function isNumeric(value: unknown): boolean {
  return Array.isArray(value)
    ? value.every(isNumeric)
    : isWhole(value) || typeof value === 'boolean';
}

function stacked(tensors: readonly Tensor[], place: string): Tensor {
  const shapes = [...new Set(tensors.map(({ shape }) => `[${shape}]`))];
  if (shapes.length === 1) return stack(tensors as Tensor[]);
  throw invalidArgument(
    `${place}: expected tensors of one shape, got ${shapes.slice(0, 3).join(' and ')}: a transform of the data set can ` +
      'make them equal, or the option collateFn can put them together in another way',
  );
}

function wholeNumbers(parts: readonly (number | bigint)[], place: string): Tensor {
  const fraction = parts.find((each) => typeof each === 'number' && !Number.isInteger(each));
  if (fraction === undefined) return tensor([...parts], { dtype: 'int64' });
  throw invalidArgument(
    `${place}: numbers become int64, as labels are, got ${fraction}; ` +
      `[${fraction}] and torch.tensor(${fraction}) become float32`,
  );
}

function byName(parts: readonly Record<string, unknown>[], place: string): unknown {
  const entries = Object.keys(parts[0]!).map((name) => {
    const lacking = parts.some((each) => !Object.hasOwn(each, name));
    if (lacking) throw invalidArgument(`${place}: expected '${name}' in each of them`);
    return [
      name,
      collate(
        parts.map((each) => each[name]),
        `${place}: '${name}'`,
      ),
    ];
  });
  return Object.fromEntries(entries);
}

/**
 * An example with tensors in place of its typed arrays, within arrays and plain objects too, and else as it is; mirrors
 * `torch.utils.data.default_convert`, with which a loader without batches (`batchSize: null`) gives examples.
 *
 * @see https://docs.pytorch.org/docs/stable/data.html#torch.utils.data.default_convert
 * @example
 * data.defaultConvert({ x: Float32Array.of(1, 2), name: 'a' }).x.shape; // → [ 2 ]
 */
export function defaultConvert<Item>(example: Item): Converted<Item> {
  atMost('defaultConvert', 1, arguments.length);
  return convert(example) as Converted<Item>;
}

/** What {@link defaultConvert} makes of an example. */
export type Converted<Item> = Item extends TypedArray
  ? Tensor
  : Item extends Tensor | string
    ? Item
    : Item extends readonly unknown[]
      ? { -readonly [Part in keyof Item]: Converted<Item[Part]> }
      : Item extends Readonly<Record<string, unknown>>
        ? { [Name in keyof Item]: Converted<Item[Name]> }
        : Item;

function convert(value: unknown): unknown {
  if (isTyped(value)) return tensor(value as TypedArray);
  if (Array.isArray(value)) return value.map(convert);
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, convert(each)]));
}

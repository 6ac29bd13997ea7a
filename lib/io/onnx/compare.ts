import type {
  RecordedCall,
  RecordedTensor,
  RecordedValue,
} from '../../native/exports/recording.js';
import type { FullRecording } from '../../observe/recording.js';
import type { Tensor } from '../../tensor/index.js';
import { refuse } from './refusal.js';
import {
  type Argument,
  BatchMultiple,
  type Size,
  type Trace,
  type TracedStep,
  Value,
} from './trace.js';

/** A forward pass that was recorded with so many images. */
export interface Run {
  readonly batch: number;
  readonly recording: FullRecording;
}

const isTensor = (value: RecordedValue | undefined): value is RecordedTensor =>
  typeof value === 'object' && value !== null && 'dtype' in value;

const isList = (value: RecordedValue | undefined): value is readonly RecordedValue[] =>
  Array.isArray(value);

function text(value: RecordedValue | undefined): string {
  if (isTensor(value)) return `a tensor [${value.shape.join(', ')}]`;
  return isList(value) ? `[${value.map(text).join(', ')}]` : String(value);
}

// Where the two runs meet; `where` names the operator in errors.
class Comparison {
  readonly #first: Run;
  readonly #second: Run;
  readonly #keys: ReadonlyMap<Tensor, string>;
  // By the second run's tensors: with a single image some operators give their input itself.
  readonly #values = new Map<RecordedTensor, { value: Value; first: RecordedTensor }>();
  readonly #tensors: readonly [Map<RecordedTensor, Tensor>, Map<RecordedTensor, Tensor>];

  constructor(first: Run, second: Run, keys: ReadonlyMap<Tensor, string>) {
    this.#first = first;
    this.#second = second;
    this.#keys = keys;
    const all = ({ recording }: Run): Map<RecordedTensor, Tensor> =>
      new Map([...recording.parameters, ...recording.buffers, ...recording.outside]);
    this.#tensors = [all(first), all(second)];
  }

  differ(where: string, what: string, first: unknown, second: unknown): never {
    const { batch } = this.#first;
    const same = batch === this.#second.batch;
    const runs = same
      ? ['in one pass', 'in the next']
      : [`for a batch of ${batch}`, `for ${this.#second.batch}`];
    const advice = same
      ? 'It must do the same in each pass'
      : 'It must be the same, or in proportion to the batch; dynamicBatch: false exports for one batch size';
    refuse(`${where}: ${what} is ${first} ${runs[0]}, ${second} ${runs[1]}. ${advice}`);
  }

  number(where: string, what: string, first: number, second: number): Size {
    if (Object.is(first, second)) return first;
    const perImage = first / this.#first.batch;
    if (Number.isInteger(perImage) && second === perImage * this.#second.batch) {
      return new BatchMultiple(perImage);
    }
    return this.differ(where, what, first, second);
  }

  tensor(where: string, what: string, first: RecordedTensor, second: RecordedTensor): Value {
    const known = this.#values.get(second);
    if (known !== undefined) {
      if (known.first !== first) this.differ(where, what, 'one tensor', 'another');
      return known.value;
    }
    const { dtype, storage } = second;
    const number =
      second.number === undefined
        ? undefined
        : this.number(where, what, first.number ?? Number.NaN, second.number);
    if (first.dtype !== dtype) this.differ(where, `the dtype of ${what}`, first.dtype, dtype);
    if (first.shape.length !== second.shape.length) {
      this.differ(where, what, text(first), text(second));
    }
    const shape = first.shape.map((size, i) =>
      this.number(where, `dimension ${i} of ${what}`, size, second.shape[i]!),
    );
    const tensor = this.#constant(where, what, first, second, shape);
    const key = tensor && this.#keys.get(tensor);
    const value = new Value({ shape, dtype, storage, number, tensor, key });
    this.#values.set(second, { value, first });
    return value;
  }

  // The elements that a tensor has in both runs; none where its size follows the batch.
  #constant(
    where: string,
    what: string,
    first: RecordedTensor,
    second: RecordedTensor,
    shape: readonly Size[],
  ): Tensor | undefined {
    const [a, b] = [this.#tensors[0].get(first), this.#tensors[1].get(second)];
    if (a === undefined || b === undefined) {
      if (a !== b) this.differ(where, what, a ? 'a constant' : 'computed', b ? 'one' : 'computed');
      return undefined;
    }
    if (shape.some((size) => typeof size !== 'number')) return undefined;
    if (a !== b && !a.equal(b)) {
      this.differ(where, `${what}, which no operator computes,`, 'one thing', 'another');
    }
    return b;
  }

  value(
    where: string,
    what: string,
    first: RecordedValue | undefined,
    second: RecordedValue | undefined,
  ): Argument {
    if (isTensor(first) && isTensor(second)) return this.tensor(where, what, first, second);
    if (typeof first === 'number' && typeof second === 'number') {
      return this.number(where, what, first, second);
    }
    if (isList(first) && isList(second) && first.length === second.length) {
      return first.map((each, i) => this.value(where, `${what}[${i}]`, each, second[i]));
    }
    if (first !== second || isTensor(second) || isList(second)) {
      this.differ(where, what, text(first), text(second));
    }
    return second;
  }

  step(first: RecordedCall, second: RecordedCall): TracedStep {
    const { name, overload } = second;
    const given = Object.keys(second.arguments).map((key): [string, Argument] => [
      key,
      this.value(name, `argument '${key}'`, first.arguments[key], second.arguments[key]),
    ]);
    const results = second.results.map((result, i) =>
      this.value(name, 'the result', first.results[i], result),
    );
    return { name, overload, arguments: Object.fromEntries(given), results };
  }
}

// What native/recorder.cc calls looks at a tensor's elements.
const readsElements: ReadonlySet<string> = new Set(['item', 'data']);

function refuseReads({ recording }: Run): void {
  const read = recording.calls.find(({ name }) => readsElements.has(name));
  if (read === undefined) return;
  refuse(
    `the forward pass reads a tensor's elements (${read.name}), on which what it does may depend; ` +
      'compute with tensors instead',
  );
}

const fullName = (call: RecordedCall | undefined): string =>
  call === undefined ? 'nothing' : [call.name, call.overload].filter(Boolean).join('.');

/**
 * What two runs of a model have in common. Sizes and numbers that were computed in JavaScript from
 * the number of images are told by their being in proportion to it.
 *
 * @param keys - Names of parameters and buffers.
 * @throws {TorchError} `ERR_ONNX_UNSUPPORTED` that names the operator where the runs differ.
 */
export function compareRuns(first: Run, second: Run, keys: ReadonlyMap<Tensor, string>): Trace {
  refuseReads(first);
  refuseReads(second);
  const comparison = new Comparison(first, second, keys);
  const [a, b] = [first.recording, second.recording];
  const input = comparison.tensor('input', 'the input', a.input, b.input);
  const steps = Array.from({ length: Math.max(a.calls.length, b.calls.length) }, (_, i) => {
    const [one, other] = [a.calls[i], b.calls[i]];
    if (one === undefined || other === undefined || fullName(one) !== fullName(other)) {
      return comparison.differ('forward', `call ${i + 1}`, fullName(one), fullName(other));
    }
    return comparison.step(one, other);
  });
  if (a.output === undefined || b.output === undefined) {
    refuse(
      'the forward pass returns something else than one tensor; wrap it in a Module that does',
    );
  }
  return { steps, input, output: comparison.tensor('output', 'the output', a.output, b.output) };
}

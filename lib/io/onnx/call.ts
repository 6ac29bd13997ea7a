import type { DType } from '../../native/dtype.js';
import type { Graph } from './graph.js';
import type { Attributes } from './proto.js';
import { refuse } from './refusal.js';
import { type Argument, BatchMultiple, type Size, type TracedStep, Value } from './trace.js';

const isList = (value: Argument): value is readonly Argument[] => Array.isArray(value);

/**
 * One call of an operator on its way into the graph. It knows which arguments were looked at: one
 * that nobody asked for would be left out of the file without a word.
 */
export class Call {
  readonly name: string;
  readonly overload: string;
  readonly graph: Graph;
  readonly #step: TracedStep;
  readonly #unread: Set<string>;

  constructor(step: TracedStep, graph: Graph) {
    this.name = step.name;
    this.overload = step.overload;
    this.graph = graph;
    this.#step = step;
    const given = Object.entries(step.arguments).filter(([, value]) => value !== null);
    this.#unread = new Set(given.map(([name]) => name));
  }

  refuse(reason: string): never {
    refuse(`${this.name}: ${reason}`);
  }

  #read(name: string): Argument {
    this.#unread.delete(name);
    return this.#step.arguments[name];
  }

  has(name: string): boolean {
    return (this.#step.arguments[name] ?? null) !== null;
  }

  /** Says that arguments make no difference to the result. */
  ignore(...names: string[]): void {
    for (const name of names) this.#unread.delete(name);
  }

  /** @throws {TorchError} `ERR_ONNX_UNSUPPORTED` when an argument was not looked at. */
  checkAllRead(): void {
    const [first] = this.#unread;
    if (first !== undefined) this.refuse(`argument '${first}' is not supported`);
  }

  #expected(name: string, what: string): never {
    this.refuse(`argument '${name}' is not ${what}`);
  }

  value(name: string): Value {
    const value = this.#read(name);
    return value instanceof Value ? value : this.#expected(name, 'a tensor');
  }

  values(name: string): Value[] {
    const list = this.#read(name);
    if (!isList(list) || list.some((each) => !(each instanceof Value))) {
      this.#expected(name, 'a list of tensors');
    }
    return list as Value[];
  }

  size(name: string): Size {
    const value = this.#read(name);
    return typeof value === 'number' || value instanceof BatchMultiple
      ? value
      : this.#expected(name, 'a number');
  }

  number(name: string): number {
    const value = this.#read(name);
    if (value instanceof BatchMultiple) this.#expected(name, 'the same for every batch size');
    return typeof value === 'number' ? value : this.#expected(name, 'a number');
  }

  optionalNumber(name: string): number | undefined {
    return this.has(name) ? this.number(name) : undefined;
  }

  numbers(name: string): number[] {
    const value = this.#read(name);
    const list = isList(value) ? value : [value];
    if (list.some((each) => typeof each !== 'number')) {
      this.#expected(name, 'made of numbers that are the same for every batch size');
    }
    return list as number[];
  }

  sizes(name: string): Size[] {
    const list = this.#read(name);
    const isSize = (each: Argument): boolean =>
      typeof each === 'number' || each instanceof BatchMultiple;
    if (!isList(list) || !list.every(isSize)) this.#expected(name, 'a list of sizes');
    return list as Size[];
  }

  /** A number for each of some dimensions, or one for all. */
  each(name: string, dimensions: number): number[] {
    const given = this.numbers(name);
    return Array.from({ length: dimensions }, (_, i) => given[i] ?? given[0]!);
  }

  boolean(name: string): boolean {
    const value = this.#read(name) ?? false;
    return typeof value === 'boolean' ? value : this.#expected(name, 'a boolean');
  }

  string(name: string): string | undefined {
    const value = this.#read(name) ?? undefined;
    return value === undefined || typeof value === 'string'
      ? value
      : this.#expected(name, 'a string');
  }

  /** The one result. */
  get result(): Value {
    const [result] = this.results;
    return result!;
  }

  /** The results; those in a list count each. */
  get results(): Value[] {
    const all = this.#step.results.flat() as Argument[];
    if (all.length === 0 || all.some((each) => !(each instanceof Value))) {
      this.refuse('it gives something else than tensors');
    }
    return all as Value[];
  }

  /** The name of a tensor, converted to a dtype. */
  nameOf(value: Value, dtype: DType = value.dtype): string {
    return this.graph.cast(this.graph.nameOf(value, this.name), value.dtype, dtype);
  }

  /** The name of a tensor argument, converted to a dtype. */
  input(name: string, dtype?: DType): string {
    return this.nameOf(this.value(name), dtype);
  }

  /** The name of a tensor or number as an operand of a dtype. */
  operand(name: string, dtype: DType): string {
    const given = this.#step.arguments[name];
    if (!(given instanceof Value)) {
      if (typeof given === 'boolean') this.#read(name);
      return this.graph.scalar(typeof given === 'boolean' ? Number(given) : this.size(name), dtype);
    }
    const value = this.value(name);
    if (value.number !== undefined) return this.graph.scalar(value.number, dtype);
    return this.nameOf(value, dtype);
  }

  /** As {@link operand}, where nothing says in which dtype two operands meet. */
  comparand(name: string, dtype: DType): string {
    const given = this.#step.arguments[name];
    const number = given instanceof Value ? given.number : given;
    const fits =
      given instanceof Value && number === undefined
        ? given.dtype === dtype
        : /float/.test(dtype) ||
          number instanceof BatchMultiple ||
          Number.isInteger(Number(number));
    if (!fits)
      this.refuse(`'${name}' is not ${dtype} as the tensor beside it; convert one of them`);
    return this.operand(name, dtype);
  }

  /** A dimension argument, or `dim` itself, counted from the front. */
  axis(dim: string | number, rank: number): number {
    const number = typeof dim === 'string' ? this.number(dim) : dim;
    return number < 0 ? number + rank : number;
  }

  /** Adds a node named after the operator. */
  node(opType: string, inputs: readonly string[], attributes: Attributes = {}): string {
    return this.graph.node(opType, inputs, attributes, this.name);
  }

  /** The same elements with sizes of which at most one follows the batch, or that are computed. */
  reshape(name: string, shape: readonly Size[]): string {
    const followers = shape.filter((size) => typeof size !== 'number');
    const target =
      followers.length === 1 && !shape.includes(0)
        ? shape.map((size) => (typeof size === 'number' ? size : -1))
        : shape;
    // To ONNX 0 means "as it was", unless told otherwise.
    const allowzero = shape.includes(0) ? 1 : undefined;
    return this.node('Reshape', [name, this.graph.sizes(target)], { allowzero });
  }
}

/** Adds an operator to the graph; gives the name of its result, or the names of several. */
export type Translation = (call: Call) => string | readonly string[];

/** Translations by operator name. */
export type Translations = Readonly<Record<string, Translation>>;

import { create } from '@bufbuild/protobuf';

import type { DType } from '../../native/dtype.js';
import { byteLength } from '../../tensor/bytes.js';
import { type NodeProto, NodeProtoSchema, type TensorProto, TensorProtoSchema } from './onnx_pb.js';
import { type Attributes, attributesProto, dataType, numberBytes, rawBytes } from './proto.js';
import { refuse } from './refusal.js';
import type { BatchMultiple, Size, Value } from './trace.js';

// Protobuf ends at 2 GiB; a part is left for all that is not weights.
const maxBytes = 2 ** 31 - 2 ** 20;

/** An ONNX graph that grows node by node. Values in it have names; none is written twice. */
export class Graph {
  readonly #nodes: NodeProto[] = [];
  readonly #initializers = new Map<string, TensorProto>();
  readonly #taken: Set<string>;
  readonly #names = new Map<Value, { name: string; version: number }>();
  readonly #missing = new Map<Value, string>();
  readonly #shared = new Map<string, string>();
  // How often the elements of a storage have been changed in place.
  readonly #versions = new Map<number, number>();
  readonly #constantStorages = new Set<number>();
  readonly #input: string;
  #bytes = 0;

  constructor(input: Value, inputName: string, reserved: Iterable<string>) {
    this.#input = inputName;
    this.#taken = new Set([inputName, ...reserved]);
    this.define(input, inputName);
  }

  #version(value: Value): number {
    return this.#versions.get(value.storage) ?? 0;
  }

  #freshName(hint: string): string {
    let name = hint;
    for (let count = 1; this.#taken.has(name); count++) name = `${hint}_${count}`;
    this.#taken.add(name);
    return name;
  }

  /** Says by which name a value goes. */
  define(value: Value, name: string): void {
    this.#names.set(value, { name, version: this.#version(value) });
  }

  /** Says why a value has no name, for whoever asks. */
  lack(value: Value, reason: string): void {
    this.#missing.set(value, reason);
  }

  /** The same for a value whose elements were changed in place: views of them are no longer valid. */
  overwrite(value: Value, name: string, operator: string): void {
    if (value.tensor !== undefined || this.#constantStorages.has(value.storage)) {
      refuse(
        `${operator}: changes a tensor that the forward pass did not compute; use ${operator.slice(0, -1)}`,
      );
    }
    this.#versions.set(value.storage, this.#version(value) + 1);
    this.define(value, name);
  }

  nameOf(value: Value, operator: string): string {
    const found = this.#names.get(value);
    if (found !== undefined) {
      if (found.version === this.#version(value)) return found.name;
      refuse(
        `${operator}: its input was changed in place through a view; use operators without '_'`,
      );
    }
    if (value.number !== undefined) return this.scalar(value.number, value.dtype);
    const reason = this.#missing.get(value);
    if (reason !== undefined) refuse(reason);
    if (value.tensor === undefined) refuse(`${operator}: where its input comes from was not seen`);
    return this.#constantTensor(value, value.tensor);
  }

  #constantTensor(value: Value, tensor: NonNullable<Value['tensor']>): string {
    this.#constantStorages.add(value.storage);
    this.#count(value.key ?? 'a constant', byteLength(tensor));
    const data = rawBytes(tensor);
    const dims = value.shape as readonly number[];
    // Views of one storage with the same elements are the same weights.
    const share = `${value.storage} ${value.dtype} ${dims}`;
    const other = this.#initializers.get(this.#shared.get(share) ?? '');
    const name =
      other !== undefined && Buffer.compare(other.rawData, data) === 0
        ? other.name
        : this.#initialize(value.key ?? this.#freshName('constant'), dims, value.dtype, data);
    this.#shared.set(share, name);
    this.define(value, name);
    return name;
  }

  #count(what: string, bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes <= maxBytes) return;
    refuse(
      `with ${what} the weights take ${(this.#bytes / 2 ** 30).toFixed(1)} GiB: ` +
        'an ONNX file holds less than 2 GiB. Save them as safetensors',
    );
  }

  #initialize(name: string, dims: readonly number[], dtype: DType, rawData: Uint8Array): string {
    this.#initializers.set(
      name,
      create(TensorProtoSchema, {
        name,
        dims: dims.map(BigInt),
        dataType: dataType(dtype),
        rawData,
      }),
    );
    return name;
  }

  /** A constant made of numbers; shape: `[numbers.length]`, unless given. */
  constant(
    numbers: readonly number[],
    dtype: DType,
    shape: readonly number[] = [numbers.length],
  ): string {
    const share = `numbers ${dtype} [${shape}] ${numbers.map((each) => (Object.is(each, -0) ? '-0' : each))}`;
    let name = this.#shared.get(share);
    if (name === undefined) {
      const data = numberBytes(numbers, dtype);
      name = this.#initialize(this.#freshName('constant'), shape, dtype, data);
      this.#shared.set(share, name);
    }
    return name;
  }

  /** One number, without dimensions. */
  scalar(value: Size, dtype: DType): string {
    if (typeof value === 'number') return this.constant([value], dtype, []);
    const axes = this.constant([0], 'int64');
    const single = this.node('Squeeze', [this.#batchTimes(value), axes]);
    return this.cast(single, 'int64', dtype);
  }

  /** Sizes as ONNX takes them: int64 in one dimension. */
  sizes(sizes: readonly Size[]): string {
    if (sizes.every((size) => typeof size === 'number')) return this.constant(sizes, 'int64');
    const parts = sizes.map((size) =>
      typeof size === 'number' ? this.constant([size], 'int64') : this.#batchTimes(size),
    );
    return parts.length === 1 ? parts[0]! : this.node('Concat', parts, { axis: 0 });
  }

  #batchTimes({ perImage }: BatchMultiple): string {
    const batch = this.node('Shape', [this.#input], { start: 0, end: 1 });
    if (perImage === 1) return batch;
    return this.node('Mul', [batch, this.constant([perImage], 'int64')]);
  }

  cast(name: string, from: DType, to: DType): string {
    return from === to ? name : this.node('Cast', [name], { to: dataType(to) });
  }

  /** Adds a node with one output; returns the output's name. */
  node(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes = {},
    hint = opType,
  ): string {
    return this.nodes(opType, inputs, attributes, 1, hint)[0]!;
  }

  /** The same with several outputs. */
  nodes(
    opType: string,
    inputs: readonly string[],
    attributes: Attributes,
    count: number,
    hint: string,
  ): string[] {
    const output = Array.from({ length: count }, () => this.#freshName(hint.toLowerCase()));
    this.#nodes.push(
      create(NodeProtoSchema, {
        name: output[0]!,
        opType,
        input: [...inputs],
        output,
        attribute: attributesProto(attributes),
      }),
    );
    return output;
  }

  /** Nodes and initializers that the output depends on; the output gets its name. */
  finish(output: Value, outputName: string): { node: NodeProto[]; initializer: TensorProto[] } {
    const name = this.nameOf(output, 'output');
    if (this.#nodes.some((node) => node.output.includes(name))) this.#rename(name, outputName);
    else this.#addOutput(name, outputName);
    const needed = new Set([outputName]);
    const node = this.#nodes
      .reverse()
      .filter(({ input, output: given }) => {
        if (!given.some((each) => needed.has(each))) return false;
        for (const each of input) needed.add(each);
        return true;
      })
      .reverse();
    const initializer = [...this.#initializers.values()].filter((each) => needed.has(each.name));
    return { node, initializer };
  }

  #rename(from: string, to: string): void {
    const renamed = (name: string): string => (name === from ? to : name);
    for (const node of this.#nodes) {
      node.input = node.input.map(renamed);
      node.output = node.output.map(renamed);
    }
  }

  #addOutput(name: string, outputName: string): void {
    this.#rename(this.node('Identity', [name]), outputName);
  }
}

import type {
  RecordedCall,
  RecordedTensor,
  RecordedValue,
} from '../../native/exports/recording.js';
import type { Module } from '../../nn/index.js';
import { isPassCall, type Pass, type PassCall } from '../../observe/pass.js';
import type { Tensor } from '../../tensor/index.js';
import { portraitOf } from '../portrait.js';
import { type Hue, isPlumbing, joinWords, moduleWording, operatorWording } from './words.js';

/** A layer, or an operator that a module calls itself. */
export interface Vertex {
  readonly kind: 'input' | 'output' | 'layer' | 'norm' | 'step' | 'sign' | 'join';
  readonly words: string;
  readonly hue: Hue;
  /** The modules that it is in, the network first. */
  readonly within: readonly PassCall[];
  /** Where it is a module. */
  readonly module: Module | undefined;
  /** What is brought together, in the order in which it is given. */
  readonly from: Vertex[];
  /** Of what it gives. */
  shape: readonly number[];
  /** Elements of its parameters; shared ones count where they are met first. */
  parameters: number;
}

const tensorsOf = (value: RecordedValue): RecordedTensor[] => {
  if (Array.isArray(value)) return value.flatMap(tensorsOf);
  return typeof value === 'object' && value !== null ? [value as RecordedTensor] : [];
};

const argumentsOf = ({ arguments: given }: RecordedCall): RecordedTensor[] =>
  Object.values(given).flatMap(tensorsOf);

// All operators below a call.
const operatorsOf = (call: PassCall): RecordedCall[] =>
  call.steps.flatMap((step) => (isPassCall(step) ? operatorsOf(step) : [step]));

class Tracer {
  readonly vertices: Vertex[] = [];
  // What made each tensor: nothing for what is the same whatever the input.
  readonly #origins = new Map<RecordedTensor, Vertex>();
  // The parameters that such a tensor is made of.
  readonly #made = new Map<RecordedTensor, ReadonlySet<Tensor>>();
  readonly #byStorage = new Map<number, Set<RecordedTensor>>();
  readonly #counted = new Set<Tensor>();

  constructor({ inputs, parameters }: Pass) {
    for (const [tensor, parameter] of parameters) this.#made.set(tensor, new Set([parameter]));
    for (const input of inputs) {
      const vertex = this.#add(
        { kind: 'input', words: 'INPUT', hue: 'other', role: 'step' },
        [],
        [],
      );
      vertex.shape = input.shape;
      this.#set(input, vertex);
    }
  }

  /** @param within - The modules that are open, `call` last. */
  walk(call: PassCall, within: readonly PassCall[]): void {
    for (const step of call.steps) {
      if (!isPassCall(step)) this.#operator(step, within);
      else if (isLayer(step)) this.#layer(step, within);
      else this.walk(step, [...within, step]);
    }
  }

  finish(outputs: readonly RecordedTensor[], root: PassCall): void {
    const [first, ...others] = outputs.flatMap((tensor) => this.#origins.get(tensor) ?? []);
    if (first === undefined) return;
    const before = ancestorsOf([first]);
    // What is on the way to the first, as states of recurrent layers are, is no end of its own.
    const ends = others.filter((each) => !before.has(each));
    const words = { kind: 'output', words: 'OUTPUT', hue: 'other', role: 'step' } as const;
    const output = this.#add(words, [...new Set([first, ...ends])], [root]);
    output.shape = outputs.find((tensor) => this.#origins.get(tensor) === first)!.shape;
  }

  #add(
    { kind, words, hue }: Pick<Vertex, 'kind' | 'words' | 'hue'> & { role?: string },
    from: Vertex[],
    within: readonly PassCall[],
    module?: Module,
  ): Vertex {
    const vertex: Vertex = { kind, words, hue, within, module, from, shape: [], parameters: 0 };
    this.vertices.push(vertex);
    return vertex;
  }

  #set(tensor: RecordedTensor, vertex: Vertex): void {
    this.#origins.set(tensor, vertex);
    const { storage } = tensor;
    const sharing = this.#byStorage.get(storage) ?? new Set();
    this.#byStorage.set(storage, sharing.add(tensor));
  }

  #from(tensors: readonly RecordedTensor[]): Vertex[] {
    return [...new Set(tensors.flatMap((tensor) => this.#origins.get(tensor) ?? []))];
  }

  #count(vertex: Vertex, parameters: Iterable<Tensor>): void {
    for (const parameter of parameters) {
      if (!this.#counted.has(parameter)) vertex.parameters += parameter.numel();
      this.#counted.add(parameter);
    }
  }

  #parametersIn(tensors: readonly RecordedTensor[]): Set<Tensor> {
    return new Set(tensors.flatMap((tensor) => [...(this.#made.get(tensor) ?? [])]));
  }

  // What writes over a tensor changes all that share its elements.
  #give(call: RecordedCall, vertex: Vertex): void {
    const results = call.results.flatMap(tensorsOf);
    for (const result of results) {
      if (call.mutates) {
        for (const sharing of this.#byStorage.get(result.storage) ?? []) this.#set(sharing, vertex);
      }
      this.#set(result, vertex);
    }
    if (results[0] !== undefined) vertex.shape = results[0].shape;
  }

  #operator(call: RecordedCall, within: readonly PassCall[]): void {
    const given = argumentsOf(call);
    const from = this.#from(given);
    if (from.length === 0) {
      const made = this.#parametersIn(given);
      for (const result of call.results.flatMap(tensorsOf)) this.#made.set(result, made);
      return;
    }
    const [first] = from;
    if (isPlumbing(call)) {
      for (const result of call.results.flatMap(tensorsOf)) this.#set(result, first!);
      return;
    }
    this.#give(call, this.#operatorVertex(call, from, within, this.#parametersIn(given)));
  }

  #operatorVertex(
    call: RecordedCall,
    from: Vertex[],
    within: readonly PassCall[],
    parameters: ReadonlySet<Tensor>,
  ): Vertex {
    const wording = operatorWording(call);
    const joined = joinWords(call);
    const isJoin = from.length > 1 && wording.role === 'step';
    const join = { ...wording, ...joined, kind: joined.isSign ? 'sign' : 'join' } as const;
    const vertex = this.#add(isJoin ? join : { ...wording, kind: wording.role }, from, within);
    this.#count(vertex, parameters);
    return vertex;
  }

  #layer(step: PassCall, within: readonly PassCall[]): void {
    const calls = operatorsOf(step);
    if (calls.every((call) => isPlumbing(call) || call.results.flatMap(tensorsOf).length === 0)) {
      for (const call of calls) this.#operator(call, within);
      return;
    }
    const given = calls.flatMap(argumentsOf);
    const wording = moduleWording(step.module);
    const from = this.#from(given);
    const vertex = this.#add({ ...wording, kind: wording.role }, from, within, step.module);
    this.#count(vertex, [...step.module.parameters(), ...this.#parametersIn(given)]);
    // Its own steps lead to it, and so does all that they give.
    for (const call of calls) {
      const used = argumentsOf(call).map((tensor) => this.#origins.get(tensor));
      const isFixed = used.every((each) => each === undefined) && from.length > 0;
      if (!isFixed) this.#give(call, vertex);
    }
    if (step.shape.length > 0) vertex.shape = step.shape;
  }
}

// A module that calls no other is shown as one, and so is one that says how pictures show it.
function isLayer({ module, steps }: PassCall): boolean {
  return portraitOf(module) !== undefined || !steps.some(isPassCall);
}

function ancestorsOf(ends: readonly Vertex[]): Set<Vertex> {
  const found = new Set<Vertex>();
  const open = [...ends];
  for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
    if (found.has(vertex)) continue;
    found.add(vertex);
    open.push(...vertex.from);
  }
  return found;
}

/**
 * The layers of a forward pass and what leads from one to the other, in the order of the pass: without what only gives a
 * tensor another form, and without what does not lead to the result.
 */
export function verticesOf(pass: Pass): Vertex[] {
  const tracer = new Tracer(pass);
  const { root, outputs } = pass;
  // A network may be one layer.
  tracer.walk(portraitOf(root.module) === undefined ? root : { ...root, steps: [root] }, [root]);
  tracer.finish(outputs, root);
  const needed = ancestorsOf(tracer.vertices.slice(-1));
  return tracer.vertices.filter((vertex) => needed.has(vertex) || vertex.kind === 'input');
}

import type { Module } from '../../nn/index.js';
import type { PassCall } from '../../observe/pass.js';
import type { Vertex } from './vertices.js';
import type { Hue } from './words.js';

/** What stands in a panel: layers that follow one another, what brings things together, or a block drawn elsewhere. */
export interface Box {
  readonly kind: 'input' | 'output' | 'box' | 'sign' | 'join' | 'block' | 'port';
  /** The layers in it. */
  readonly parts: Vertex[];
  /** Of a block: the module whose picture is elsewhere. */
  readonly call: PassCall | undefined;
  from: Box[];
  /** How often it follows itself. */
  count: number;
  parameters: number;
  shape: readonly number[];
}

const kinds = { input: 'input', output: 'output', sign: 'sign', join: 'join' } as const;

const kindOf = ({ kind }: Vertex): Box['kind'] =>
  kind in kinds ? kinds[kind as keyof typeof kinds] : 'box';

const port = (from: Box[]): Box => {
  const nothing = { parts: [], call: undefined, count: 1, parameters: 0, shape: [] };
  return { kind: 'port', from, ...nothing };
};

/** Those that take what a box gives. */
export const takersOf = (boxes: readonly Box[], box: Box): Box[] =>
  boxes.filter(({ from }) => from.includes(box));

/**
 * A module's layers, in an order in which each follows what it takes. Modules in it are blocks but for those that are
 * opened. Where the module is not the network itself, ports stand for what comes in and goes out.
 */
export function panelOf(
  call: PassCall,
  vertices: readonly Vertex[],
  opened: ReadonlySet<PassCall>,
): Box[] {
  const isNetwork = call.path === '';
  const isInside = ({ within }: Vertex): boolean => isNetwork || within.includes(call);
  const boxes: Box[] = [];
  const byKey = new Map<Vertex | PassCall, Box>();
  const keyOf = (vertex: Vertex): Vertex | PassCall => {
    const below = vertex.within.slice(vertex.within.indexOf(call) + 1);
    return below.find((each) => !opened.has(each)) ?? vertex;
  };
  const add = (key: Vertex | PassCall, box: Box): Box => {
    boxes.push(box);
    byKey.set(key, box);
    return box;
  };
  const boxOf = (vertex: Vertex): Box => {
    const key = isInside(vertex) ? keyOf(vertex) : vertex;
    const known = byKey.get(key);
    if (known !== undefined) return known;
    if (!isInside(vertex)) return add(key, port([]));
    const { shape } = vertex;
    const common = { from: [], count: 1, parameters: 0, shape };
    const isBlock = 'steps' in key;
    return add(
      key,
      isBlock
        ? { kind: 'block', parts: [], call: key, ...common }
        : { kind: kindOf(vertex), parts: [vertex], call: undefined, ...common },
    );
  };
  const inside = vertices.filter(isInside);
  for (const vertex of inside) {
    const sources = vertex.from.map(boxOf);
    const box = boxOf(vertex);
    for (const source of sources) {
      if (source !== box && !box.from.includes(source)) box.from.push(source);
    }
    box.parameters += vertex.parameters;
    if (box.kind === 'block') box.shape = vertex.shape;
  }
  if (!isNetwork) {
    const given = vertices.filter((each) => !isInside(each)).flatMap(({ from }) => from);
    const ends = new Set(given.filter(isInside).map(boxOf));
    boxes.push(port([...ends]));
  }
  return joinRuns(joinChains(boxes));
}

const last = ({ parts }: Box): Vertex => parts.at(-1)!;

// Whether a layer is put into the box of the one before it.
function isAbsorbed(box: Box, vertex: Vertex): boolean {
  const { kind, within } = vertex;
  const hasLayer = box.parts.some((each) => each.kind === 'layer');
  if (kind === 'step') return true;
  // What begins a module stands for itself.
  if (!last(box).within.includes(within.at(-1)!)) return false;
  return kind === 'norm' ? hasLayer : !hasLayer && box.parts[0]!.kind === 'norm';
}

// Normalizations and activations stand with the layer that they follow, or the one that they are for.
function joinChains(boxes: readonly Box[]): Box[] {
  return join(boxes, (before, box, isOnly) => {
    const isNext = before.kind === 'box' && box.kind === 'box' && box.from.length === 1;
    if (!isNext || !isOnly || !isAbsorbed(before, box.parts[0]!)) return false;
    before.parts.push(...box.parts);
    before.shape = box.shape;
    return true;
  });
}

/**
 * Boxes without those that have been put into one before them.
 *
 * @param put - Puts a box into one that it takes from, where it belongs there; `isOnly`: nothing else takes from that.
 */
function join(
  boxes: readonly Box[],
  put: (before: Box, box: Box, isOnly: boolean) => boolean,
): Box[] {
  const takers = new Map(boxes.map((box) => [box, takersOf(boxes, box).length]));
  const joined = new Map<Box, Box>();
  return boxes.filter((box) => {
    const given = box.from;
    box.from = [...new Set(given.map((each) => joined.get(each) ?? each))];
    for (const each of given) {
      const before = joined.get(each) ?? each;
      if (!put(before, box, takers.get(each) === 1)) continue;
      before.parameters += box.parameters;
      joined.set(box, before);
      return false;
    }
    return true;
  });
}

const moduleOf = ({ parts, call }: Box): Module | undefined => call?.module ?? parts[0]?.module;

/** Whether two boxes show the same. */
export type IsSame = (a: Box, b: Box) => boolean;

const isSameRun: IsSame = (a, b) =>
  a.kind === b.kind &&
  (a.kind === 'box' || a.kind === 'block') &&
  String(a.shape) === String(b.shape) &&
  linesOf(a).join() === linesOf(b).join() &&
  (isRepeated(a, b) || a.parameters / a.count === b.parameters) &&
  (a.call === undefined
    ? b.call === undefined
    : b.call !== undefined && outline(a.call) === outline(b.call));

const isRepeated: IsSame = (a, b) => moduleOf(a) !== undefined && moduleOf(a) === moduleOf(b);

// What modules a module has called, by their classes.
function outline({ module, steps }: PassCall): string {
  const inside = steps.map((step) => ('steps' in step ? outline(step) : step.name));
  return `${module.constructor.name}(${inside.join(' ')})`;
}

// Boxes that follow themselves stand once.
function joinRuns(boxes: readonly Box[]): Box[] {
  return join(boxes, (before, box, isOnly) => {
    const isNext = box.from.every((each) => each === before || before.from.includes(each));
    if (!isNext || !isSameRun(before, box) || !(isOnly || isRepeated(before, box))) return false;
    before.count++;
    return true;
  });
}

/** The texts of a box: what comes before its layer, the layer, and what comes after it. */
export function linesOf({ parts }: Box): string[] {
  const at = parts.findIndex(({ kind }) => kind === 'layer');
  if (at < 0) return [parts.map(({ words }) => words).join(', ')];
  const groups = [parts.slice(0, at), parts.slice(at, at + 1), parts.slice(at + 1)];
  return groups
    .filter((group) => group.length > 0)
    .map((group) => group.map(({ words }) => words).join(', '));
}

/** Its layer's; of several, of the first. */
export function hueOf({ parts }: Box): Hue {
  const layer = parts.find(({ kind }) => kind === 'layer') ?? parts[0];
  return layer?.hue ?? 'other';
}

import type { Box } from './panel.js';

/** Ways beside each other, from the box before to the box behind; an empty one is a line. */
export interface Split {
  readonly branches: readonly Flow[];
}

/** What does not come apart into ways: boxes below each other. */
export interface Tangle {
  readonly boxes: readonly Box[];
}

/** The same parts one after the other, so many times. */
export interface Repeat {
  readonly times: number;
  readonly flow: Flow;
}

export type Part = Box | Split | Tangle | Repeat;

/** Parts one after the other. */
export type Flow = readonly Part[];

export const isBox = (part: Part | undefined): part is Box => part !== undefined && 'kind' in part;
export const isSplit = (part: Part | undefined): part is Split =>
  part !== undefined && 'branches' in part;
export const isRepeat = (part: Part | undefined): part is Repeat =>
  part !== undefined && 'times' in part;

type End = Box | 'begin' | 'end';

interface Edge {
  readonly from: End;
  readonly to: End;
  readonly flow: Flow;
  /** Which of the things that `to` takes. */
  readonly order: number;
}

/**
 * A panel as parts one after the other: ways that lead from one box to another stand beside each other.
 *
 * @param boxes - Each after what it takes.
 */
export function flowOf(boxes: readonly Box[]): Flow {
  let edges = edgesOf(boxes);
  for (;;) {
    edges = reduce(edges);
    if (edges.length <= 1) return edges[0]?.flow ?? [];
    edges = replaceTangle(edges, boxes);
  }
}

function edgesOf(boxes: readonly Box[]): Edge[] {
  const taken = new Set(boxes.flatMap(({ from }) => from));
  return boxes.flatMap((box): Edge[] => {
    const into = box.from.map((from, order) => ({ from, to: box, flow: [], order }));
    const ends = taken.has(box) ? [] : [{ from: box, to: 'end' as const, flow: [], order: 0 }];
    const begins = { from: 'begin' as const, to: box, flow: [], order: 0 };
    return [...(into.length === 0 ? [begins] : into), ...ends];
  });
}

// Edges beside each other become one, and those one after the other.
function reduce(given: readonly Edge[]): Edge[] {
  let edges = [...given];
  for (;;) {
    const [a, b] = findBeside(edges) ?? [];
    if (a !== undefined && b !== undefined) {
      const ways = [a, b].sort((one, other) => one.order - other.order);
      const branches = ways.flatMap(({ flow }) => waysIn(flow));
      const edge = { ...a, order: ways[0]!.order, flow: [{ branches }] };
      edges = [...edges.filter((each) => each !== a && each !== b), edge];
      continue;
    }
    const [into, out] = findBehind(edges) ?? [];
    if (into === undefined || out === undefined) return edges;
    const flow = [...into.flow, into.to as Box, ...out.flow];
    const edge = { from: into.from, to: out.to, flow, order: out.order };
    edges = [...edges.filter((each) => each !== into && each !== out), edge];
  }
}

const waysIn = (flow: Flow): readonly Flow[] => {
  const [only, ...others] = flow;
  return isSplit(only) && others.length === 0 ? only.branches : [flow];
};

function findBeside(edges: readonly Edge[]): [Edge, Edge] | undefined {
  for (const [i, a] of edges.entries()) {
    const b = edges.slice(i + 1).find(({ from, to }) => from === a.from && to === a.to);
    if (b !== undefined) return [a, b];
  }
  return undefined;
}

function findBehind(edges: readonly Edge[]): [Edge, Edge] | undefined {
  for (const into of edges) {
    if (into.to === 'end') continue;
    const outs = edges.filter(({ from }) => from === into.to);
    const ins = edges.filter(({ to }) => to === into.to);
    if (outs.length === 1 && ins.length === 1) return [into, outs[0]!];
  }
  return undefined;
}

// The smallest part with one way in and one out becomes one edge.
function replaceTangle(edges: readonly Edge[], boxes: readonly Box[]): Edge[] {
  const ends: End[] = [
    'begin',
    ...boxes.filter((box) => edges.some(({ to }) => to === box)),
    'end',
  ];
  let best: { from: End; to: End; inside: ReadonlySet<End> } | undefined;
  for (const [i, from] of ends.entries()) {
    for (const to of ends.slice(i + 2)) {
      const inside = between(edges, from, to);
      if (inside === undefined || (best && inside.size >= best.inside.size)) continue;
      best = { from, to, inside };
      break;
    }
  }
  const { from, to, inside } = best!;
  const isOf = (edge: Edge): boolean =>
    inside.has(edge.from) || inside.has(edge.to) || (edge.from === from && edge.to === to);
  const held = new Set<Box>();
  const collect = (part: Part): void => {
    if (isBox(part)) held.add(part);
    else if (isSplit(part)) for (const each of part.branches.flat()) collect(each);
    else if ('boxes' in part) for (const each of part.boxes) held.add(each);
  };
  const replaced = edges.filter(isOf);
  for (const each of [...inside, ...replaced.flatMap(({ flow }) => flow)]) {
    if (typeof each !== 'string') collect(each);
  }
  const flow = [{ boxes: boxes.filter((box) => held.has(box)) }];
  const order = Math.min(...replaced.filter((edge) => edge.to === to).map((edge) => edge.order));
  return [...edges.filter((edge) => !isOf(edge)), { from, to, flow, order }];
}

// What lies between two ends, where no other way leads in or out; undefined where one does, or nothing lies there.
function between(edges: readonly Edge[], from: End, to: End): ReadonlySet<End> | undefined {
  const inside = new Set<End>();
  const open = [from];
  for (let end = open.pop(); end !== undefined; end = open.pop()) {
    for (const edge of edges) {
      if (edge.from !== end || edge.to === to || inside.has(edge.to)) continue;
      if (edge.to === 'end') return undefined;
      inside.add(edge.to);
      open.push(edge.to);
    }
  }
  const isClosed = edges.every(
    (edge) => !inside.has(edge.to) || edge.from === from || inside.has(edge.from),
  );
  const all = edges.filter((edge) => inside.has(edge.from));
  const stays = all.every((edge) => edge.to === to || inside.has(edge.to));
  return inside.size > 0 && isClosed && stays ? inside : undefined;
}

/**
 * Puts parts that follow themselves into a {@link Repeat}.
 *
 * @param textOf - The same for boxes that show the same.
 */
export function withRepeats(flow: Flow, textOf: (box: Box) => string): Flow {
  const textOfPart = (part: Part): string => {
    if (isBox(part)) return textOf(part);
    if (isSplit(part)) return `(${part.branches.map((each) => each.map(textOfPart)).join('|')})`;
    if (isRepeat(part)) return `${part.times}[${part.flow.map(textOfPart)}]`;
    return `{${part.boxes.map((box) => `${textOf(box)}<${box.from.map(textOf)}`)}}`;
  };
  const parts = flow.map((part) =>
    isSplit(part) ? { branches: part.branches.map((each) => withRepeats(each, textOf)) } : part,
  );
  const texts = parts.map(textOfPart);
  const found: Part[] = [];
  for (let i = 0; i < parts.length; ) {
    const run = longestRun(texts, i, parts);
    if (run === undefined) {
      found.push(parts[i++]!);
    } else {
      found.push({ times: run.times, flow: parts.slice(i, i + run.period) });
      i += run.times * run.period;
    }
  }
  return found;
}

// A run ends in a box, so that what follows it has one thing to follow.
function longestRun(texts: readonly string[], at: number, parts: Flow) {
  for (let period = 2; at + 2 * period <= texts.length; period++) {
    if (!isBox(parts[at + period - 1]) || !parts.slice(at, at + period).some(isSplit)) continue;
    const unit = texts.slice(at, at + period).join();
    let times = 1;
    while (texts.slice(at + times * period, at + (times + 1) * period).join() === unit) times++;
    if (times > 1) return { period, times };
  }
  return undefined;
}

import { type Flow, isBox, isRepeat, isSplit, type Part, type Split, type Tangle } from './flow.js';
import type { Box } from './panel.js';

/** How far something reaches from its axis, and how high it is; pixels. */
export interface Extent {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

/** A line beside a tangle's column: from one box to those that take what it gives and do not follow it. */
export interface Lane {
  readonly from: Box;
  readonly to: readonly Box[];
  /** From the column's axis. */
  readonly x: number;
}

/** Ways beside each other. */
export interface Arranged extends Extent {
  /** Axis of each way, from that of the split. */
  readonly axes: readonly number[];
  readonly extents: readonly Extent[];
}

// Pixels: between parts, where ways come apart or together, between ways, and from a box to a line beside it.
export const gap = 20;
export const bend = 20;
const between = 12;
const laneGap = 16;
// Around what is there several times, and below it for the number.
export const framePad = 12;
export const frameFoot = 22;

export const isEmpty = (flow: Flow): boolean => flow.length === 0;

/** The box in which a part ends: the one behind it, or the one behind all that it is in. */
export const behind = (flow: Flow, i: number, join: Box | undefined): Box | undefined => {
  const next = flow[i + 1];
  return isBox(next) ? next : next === undefined ? join : undefined;
};

/** How much room the parts of a panel take. */
export class Measures {
  readonly sizeOf: (box: Box) => Extent;
  // The box that each tangle follows.
  readonly #forks = new Map<Tangle, Box | undefined>();

  constructor(flow: Flow, sizeOf: (box: Box) => Extent) {
    this.sizeOf = sizeOf;
    this.#findForks(flow, undefined);
  }

  /** The box before a tangle. */
  forkOf(tangle: Tangle): Box | undefined {
    return this.#forks.get(tangle);
  }

  #findForks(flow: Flow, fork: Box | undefined): void {
    for (const [i, part] of flow.entries()) {
      const before = flow[i - 1];
      const here = i === 0 ? fork : isBox(before) ? before : undefined;
      if (isSplit(part)) for (const branch of part.branches) this.#findForks(branch, here);
      else if (isRepeat(part)) this.#findForks(part.flow, undefined);
      else if (!isBox(part)) this.#forks.set(part, here);
    }
  }

  /** @param join - The box behind it, where ways end in that. */
  measure(flow: Flow, join?: Box): Extent {
    let [left, right, height] = [0, 0, 0];
    for (const [i, part] of flow.entries()) {
      const extent = this.part(part, flow[i - 1], behind(flow, i, join));
      left = Math.max(left, extent.left);
      right = Math.max(right, extent.right);
      height += extent.height + (needsGap(part, flow[i + 1]) ? gap : 0);
    }
    return { left, right, height };
  }

  part(part: Part, before: Part | undefined, join: Box | undefined): Extent {
    if (isBox(part)) return this.reach(part, before);
    if (isSplit(part)) return this.arrange(part, join);
    if (isRepeat(part)) {
      const { left, right, height } = this.measure(part.flow);
      const pad = framePad;
      return { left: left + pad, right: right + pad, height: height + framePad + frameFoot };
    }
    return this.column(part, join);
  }

  // A box as wide as what comes together in it.
  reach(box: Box, before: Part | undefined): Extent {
    const size = this.sizeOf(box);
    if (box.kind === 'sign' || box.kind === 'port' || before === undefined) return size;
    const arrivals = this.#arrivals(before, box);
    if (arrivals.length < 2) return size;
    const [least, most] = [Math.min(...arrivals), Math.max(...arrivals)];
    return {
      left: Math.max(size.left, 12 - least),
      right: Math.max(size.right, most + 12),
      height: size.height,
    };
  }

  // Where the ways of a part end, from its axis.
  #arrivals(part: Part, join: Box): number[] {
    if (isSplit(part)) {
      const { axes } = this.arrange(part, join);
      return part.branches.flatMap((flow, i) => {
        const tail = flow.at(-1);
        const ends = tail !== undefined && !isBox(tail) ? this.#arrivals(tail, join) : [0];
        return ends.map((x) => x + axes[i]!);
      });
    }
    if (isBox(part) || isRepeat(part)) return [0];
    const lanes = this.lanes(part, join);
    return [0, ...lanes.filter(({ to }) => to.includes(join)).map(({ x }) => x)];
  }

  arrange({ branches }: Split, join: Box | undefined): Arranged {
    const extents = branches.map((flow) => this.measure(flow, join));
    const height = Math.max(...extents.map((extent) => extent.height)) + 2 * bend;
    const full = branches.filter((flow) => !isEmpty(flow)).length;
    const isBeside = full <= 1 || (join?.kind === 'sign' && branches.length === 2);
    const axes = isBeside ? besideMain(branches, extents) : spread(branches, extents);
    const left = Math.max(0, ...extents.map((extent, i) => extent.left - axes[i]!));
    const right = Math.max(0, ...extents.map((extent, i) => extent.right + axes[i]!));
    return { axes, extents, left, right, height };
  }

  column(tangle: Tangle, join: Box | undefined): Extent {
    const sizes = tangle.boxes.map(this.sizeOf);
    const left = Math.max(...sizes.map((size) => size.left));
    const lanes = this.lanes(tangle, join);
    const inner = sizes.reduce((sum, { height }) => sum + height, 0);
    const right = Math.max(...sizes.map((size) => size.right), ...lanes.map(({ x }) => x));
    return { left, right, height: inner + gap * (sizes.length - 1) + 2 * bend };
  }

  // What leads past other boxes goes beside the column: a lane for each box that it comes from.
  lanes(tangle: Tangle, join: Box | undefined): Lane[] {
    const { boxes } = tangle;
    const fork = this.#forks.get(tangle);
    const all = [...(fork === undefined ? [] : [fork]), ...boxes];
    const ends = [...boxes, ...(join === undefined ? [] : [join])];
    const edge = Math.max(...boxes.map((box) => this.sizeOf(box).right));
    const lanes: (Lane & { begin: number; end: number })[] = [];
    for (const from of all) {
      const begin = boxes.indexOf(from);
      const to = ends.filter((box, i) => box.from.includes(from) && i !== begin + 1);
      if (to.length === 0) continue;
      const end = Math.max(...to.map((box) => ends.indexOf(box)));
      const used = lanes.filter((lane) => lane.begin < end && begin < lane.end).map(({ x }) => x);
      let x = edge + laneGap;
      while (used.includes(x)) x += laneGap;
      lanes.push({ from, to, begin, end, x });
    }
    return lanes;
  }
}

/** Whether a line stands between two parts: ways have their own. */
export const needsGap = (part: Part, next: Part | undefined): boolean =>
  next !== undefined && ![part, next].some((each) => !isBox(each) && !isRepeat(each));

// The longest way stays on the axis, the others go to the right of it.
function besideMain(branches: readonly Flow[], extents: readonly Extent[]): number[] {
  const heights = extents.map(({ height }) => height);
  const main = heights.indexOf(Math.max(...heights));
  let edge = extents[main]!.right;
  return branches.map((flow, i) => {
    if (i === main) return 0;
    const { left, right } = extents[i]!;
    const x = edge + (isEmpty(flow) ? laneGap : between) + left;
    edge = x + right;
    return x;
  });
}

function spread(branches: readonly Flow[], extents: readonly Extent[]): number[] {
  let edge = 0;
  const xs = branches.map((_, i) => {
    const { left, right } = extents[i]!;
    const x = edge + left;
    edge = x + right + between;
    return x;
  });
  const middle = (xs[0]! + xs.at(-1)!) / 2;
  return xs.map((x) => x - middle);
}

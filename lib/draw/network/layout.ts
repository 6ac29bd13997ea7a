import { type Flow, isBox, isRepeat, isSplit, type Part, type Split, type Tangle } from './flow.js';
import type { Box } from './panel.js';

/** How far something reaches from its axis, and how high it is; pixels. */
export interface Extent {
  readonly left: number;
  readonly right: number;
  readonly height: number;
}

/** A box with its place: `x` is its axis, `y` its upper edge. */
export interface Placed extends Extent {
  readonly x: number;
  readonly y: number;
}

/** A line between places, with corners that are rounded. */
export interface Wire {
  readonly points: readonly (readonly [number, number])[];
  /** Whether it ends in an arrow. */
  readonly isArrow: boolean;
}

/** Around parts that are there several times. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly times: number;
}

/** What a panel is drawn from. */
export interface Layout {
  readonly boxes: ReadonlyMap<Box, Placed>;
  readonly wires: readonly Wire[];
  readonly frames: readonly Frame[];
  readonly extent: Extent;
}

// Pixels: between parts, where ways come apart or together, between ways, and from a box to a line beside it.
const gap = 20;
const bend = 20;
const between = 16;
const laneGap = 16;
const framePad = 12;
const frameFoot = 22;

const isEmpty = (flow: Flow): boolean => flow.length === 0;
const isSign = (part: Part | undefined): boolean => isBox(part) && part.kind === 'sign';

interface Arranged extends Extent {
  /** Axis of each way, from that of the split. */
  readonly axes: readonly number[];
  readonly extents: readonly Extent[];
}

class Layouter {
  readonly boxes = new Map<Box, Placed>();
  readonly wires: Wire[] = [];
  readonly frames: Frame[] = [];
  readonly #sizeOf: (box: Box) => Extent;
  // The box that each tangle follows.
  readonly #forks = new Map<Tangle, Box | undefined>();

  constructor(flow: Flow, sizeOf: (box: Box) => Extent) {
    this.#sizeOf = sizeOf;
    this.#findForks(flow, undefined);
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
      const next = flow[i + 1];
      const behind = isBox(next) ? next : next === undefined ? join : undefined;
      const extent = this.#measurePart(part, flow[i - 1], behind);
      left = Math.max(left, extent.left);
      right = Math.max(right, extent.right);
      height += extent.height + (needsGap(part, next) ? gap : 0);
    }
    return { left, right, height };
  }

  #measurePart(part: Part, before: Part | undefined, behind: Box | undefined): Extent {
    if (isBox(part)) return this.#reach(part, before);
    if (isSplit(part)) return this.#arrange(part, behind);
    if (isRepeat(part)) {
      const { left, right, height } = this.measure(part.flow);
      const pad = framePad;
      return { left: left + pad, right: right + pad, height: height + framePad + frameFoot };
    }
    return this.#column(part, behind);
  }

  // A box as wide as what comes together in it.
  #reach(box: Box, before: Part | undefined): Extent {
    const size = this.#sizeOf(box);
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
      const { axes } = this.#arrange(part, join);
      return part.branches.flatMap((flow, i) => {
        const tail = flow.at(-1);
        const ends = tail !== undefined && !isBox(tail) ? this.#arrivals(tail, join) : [0];
        return ends.map((x) => x + axes[i]!);
      });
    }
    if (isBox(part) || isRepeat(part)) return [0];
    const lanes = this.#lanes(part, join);
    return [0, ...lanes.filter(({ to }) => to.includes(join)).map(({ x }) => x)];
  }

  #arrange({ branches }: Split, join: Box | undefined): Arranged {
    const extents = branches.map((flow) => this.measure(flow, join));
    const height = Math.max(...extents.map((extent) => extent.height)) + 2 * bend;
    const full = branches.filter((flow) => !isEmpty(flow)).length;
    const isBeside = full <= 1 || (isSign(join) && branches.length === 2);
    const axes = isBeside ? besideMain(branches, extents) : spread(branches, extents);
    const left = Math.max(0, ...extents.map((extent, i) => extent.left - axes[i]!));
    const right = Math.max(0, ...extents.map((extent, i) => extent.right + axes[i]!));
    return { axes, extents, left, right, height };
  }

  #column(tangle: Tangle, behind: Box | undefined): Extent {
    const sizes = tangle.boxes.map(this.#sizeOf);
    const left = Math.max(...sizes.map((size) => size.left));
    const lanes = this.#lanes(tangle, behind);
    const inner = sizes.reduce((sum, { height }) => sum + height, 0);
    const right = Math.max(...sizes.map((size) => size.right), ...lanes.map(({ x }) => x));
    return { left, right, height: inner + gap * (sizes.length - 1) + 2 * bend };
  }

  // What leads past other boxes goes beside the column: a lane for each box that it comes from.
  #lanes(tangle: Tangle, join: Box | undefined) {
    const { boxes } = tangle;
    const fork = this.#forks.get(tangle);
    const all = [...(fork === undefined ? [] : [fork]), ...boxes];
    const ends = [...boxes, ...(join === undefined ? [] : [join])];
    const edge = Math.max(...boxes.map((box) => this.#sizeOf(box).right));
    const lanes: { from: Box; to: Box[]; begin: number; end: number; x: number }[] = [];
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

  /** @returns Where it ends, below. */
  place(flow: Flow, x: number, top: number, join?: Box, isEntered = false): number {
    let y = top;
    for (const [i, part] of flow.entries()) {
      const [before, next] = [flow[i - 1], flow[i + 1]];
      const behind = isBox(next) ? next : next === undefined ? join : undefined;
      const { height } = this.#measurePart(part, before, behind);
      if (isBox(part)) {
        this.boxes.set(part, { x, y, ...this.#reach(part, before) });
      } else if (isRepeat(part)) {
        this.#placeRepeat(part.flow, part.times, x, y);
      } else if (isSplit(part)) {
        this.#placeSplit(part, x, y, before !== undefined || isEntered, behind);
      } else {
        this.#placeTangle(part, x, y, behind);
      }
      y += height;
      if (needsGap(part, next)) {
        this.#draw(
          [
            [x, y],
            [x, y + gap],
          ],
          isBox(next),
        );
        y += gap;
      }
    }
    return y;
  }

  #draw(points: Wire['points'], isArrow: boolean): void {
    this.wires.push({ points, isArrow });
  }

  #placeRepeat(flow: Flow, times: number, x: number, y: number): void {
    const { left, right, height } = this.measure(flow);
    const [top, bottom] = [y, y + height + framePad + frameFoot];
    const sides = { left: x - left - framePad, right: x + right + framePad };
    this.frames.push({ ...sides, top, bottom, times });
    this.#draw(
      [
        [x, top],
        [x, top + framePad],
      ],
      isBox(flow[0]),
    );
    const end = this.place(flow, x, top + framePad, undefined, true);
    this.#draw(
      [
        [x, end],
        [x, bottom],
      ],
      false,
    );
  }

  #placeSplit(split: Split, x: number, y: number, hasFork: boolean, join: Box | undefined): void {
    const { axes, extents, height } = this.#arrange(split, join);
    const bottom = y + height;
    for (const [i, flow] of split.branches.entries()) {
      const at = x + axes[i]!;
      const room = height - 2 * bend - extents[i]!.height;
      // What begins here stands as near to what it leads to as it can.
      const begin = y + bend + (hasFork ? room / 2 : room);
      const middle = y + bend / 2;
      const first = flow[0];
      if (isEmpty(flow)) {
        const down = [
          [x, y],
          [x, middle],
          [at, middle],
        ] as const;
        this.#arrive(hasFork ? [...down] : [[at, middle]], at, bottom, join, x);
        continue;
      }
      if (hasFork)
        this.#draw(
          [
            [x, y],
            [x, middle],
            [at, middle],
            [at, begin],
          ],
          isBox(first),
        );
      const end = this.place(flow, at, begin, join);
      if (isSplit(flow.at(-1))) continue;
      this.#arrive([[at, end]], at, bottom, join, x);
    }
  }

  // From a way's end to the box behind it: into a sign from the side, into all others from above.
  #arrive(
    points: readonly (readonly [number, number])[],
    at: number,
    bottom: number,
    join: Box | undefined,
    axis: number,
  ): void {
    if (join === undefined) return;
    if (join.kind === 'sign' && at !== axis) {
      const { right, left, height } = this.#sizeOf(join);
      const y = bottom + height / 2;
      this.#draw([...points, [at, y], [at > axis ? axis + right : axis - left, y]], true);
    } else if (join.kind === 'port' && at !== axis) {
      this.#draw([...points, [at, bottom - bend / 2], [axis, bottom - bend / 2]], false);
    } else {
      this.#draw([...points, [at, bottom]], join.kind !== 'port');
    }
  }

  #placeTangle(tangle: Tangle, x: number, y: number, join: Box | undefined): void {
    const { boxes } = tangle;
    const fork = this.#forks.get(tangle);
    const { height } = this.#column(tangle, join);
    let at = y + bend;
    for (const [i, box] of boxes.entries()) {
      const before = i === 0 ? fork : boxes[i - 1];
      const size = this.#sizeOf(box);
      this.boxes.set(box, { x, y: at, ...size });
      if (before !== undefined && box.from.includes(before)) {
        this.#draw(
          [
            [x, at - (i === 0 ? bend : gap)],
            [x, at],
          ],
          true,
        );
      }
      at += size.height + gap;
    }
    const bottom = y + height;
    const last = boxes.at(-1)!;
    if (join?.from.includes(last))
      this.#draw(
        [
          [x, bottom - bend],
          [x, bottom],
        ],
        join.kind !== 'port',
      );
    for (const { from, to, x: lane } of this.#lanes(tangle, join)) {
      const placed = from === fork ? undefined : this.boxes.get(from)!;
      const start: [number, number][] =
        placed === undefined
          ? [
              [x, y],
              [x, y + bend / 2 - 2],
            ]
          : [[x + placed.right, placed.y + placed.height / 2 + (from.kind === 'sign' ? 0 : 5)]];
      const level = start.at(-1)![1];
      for (const box of to) {
        const end = this.boxes.get(box);
        const way: [number, number][] = [...start, [x + lane, level]];
        if (box === join) {
          this.#arrive(way, x + lane, bottom, join, x);
        } else {
          const into = end!.y + end!.height / 2 - (box.kind === 'sign' ? 0 : 5);
          this.#draw([...way, [x + lane, into], [x + end!.right, into]], true);
        }
      }
    }
  }
}

// A line stands between two parts, but for ways, which have their own.
const needsGap = (part: Part, next: Part | undefined): boolean =>
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

/**
 * Gives the boxes of a panel their places, and the lines between them.
 *
 * @param sizeOf - Of a box, as its texts need.
 */
export function layOut(flow: Flow, sizeOf: (box: Box) => Extent): Layout {
  const layouter = new Layouter(flow, sizeOf);
  const extent = layouter.measure(flow);
  layouter.place(flow, extent.left, 0);
  const { boxes, wires, frames } = layouter;
  return { boxes, wires, frames, extent };
}

import { type Flow, isBox, isRepeat, isSplit, type Split, type Tangle } from './flow.js';
import {
  behind,
  bend,
  type Extent,
  frameFoot,
  framePad,
  gap,
  isEmpty,
  Measures,
  needsGap,
} from './measures.js';
import type { Box } from './panel.js';

export type Point = readonly [number, number];

/** A box with its place: `x` is its axis, `y` its upper edge. */
export interface Placed extends Extent {
  readonly x: number;
  readonly y: number;
}

/** A line between places, with corners that are rounded. */
export interface Wire {
  readonly points: readonly Point[];
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

// The box in which ways end: its axis and its upper edge.
interface Target {
  readonly box: Box;
  readonly x: number;
  readonly y: number;
}

class Placer {
  readonly boxes = new Map<Box, Placed>();
  readonly wires: Wire[] = [];
  readonly frames: Frame[] = [];
  readonly #measures: Measures;

  constructor(measures: Measures) {
    this.#measures = measures;
  }

  /**
   * @param isEntered - Whether a line leads to where it begins.
   * @param target - The box behind it, where it is a way to that.
   * @returns Where it ends, below.
   */
  place(flow: Flow, x: number, top: number, isEntered: boolean, target?: Target): number {
    let y = top;
    for (const [i, part] of flow.entries()) {
      const [before, next] = [flow[i - 1], flow[i + 1]];
      const join = behind(flow, i, target?.box);
      const { height } = this.#measures.part(part, before, join);
      const end = isBox(next) ? { box: next, x, y: y + height } : next ? undefined : target;
      if (isBox(part)) {
        this.boxes.set(part, { x, y, ...this.#measures.reach(part, before) });
      } else if (isRepeat(part)) {
        this.#placeRepeat(part.flow, part.times, x, y);
      } else if (isSplit(part)) {
        this.#placeSplit(part, x, y, before !== undefined || isEntered, end);
      } else {
        this.#placeTangle(part, x, y, end);
      }
      y += height;
      if (needsGap(part, next)) {
        this.#down(x, y, y + gap, isBox(next));
        y += gap;
      }
    }
    return y;
  }

  #draw(points: readonly Point[], isArrow: boolean): void {
    this.wires.push({ points, isArrow });
  }

  #down(x: number, from: number, to: number, isArrow: boolean): void {
    const points: Point[] = [
      [x, from],
      [x, to],
    ];
    this.#draw(points, isArrow);
  }

  #placeRepeat(flow: Flow, times: number, x: number, y: number): void {
    const { left, right, height } = this.#measures.measure(flow);
    const bottom = y + height + framePad + frameFoot;
    const sides = { left: x - left - framePad, right: x + right + framePad };
    this.frames.push({ ...sides, top: y, bottom, times });
    this.#down(x, y, y + framePad, isBox(flow[0]));
    const end = this.place(flow, x, y + framePad, true);
    this.#down(x, end, bottom, false);
  }

  #placeSplit(split: Split, x: number, y: number, isEntered: boolean, target?: Target): void {
    const { axes, extents, height } = this.#measures.arrange(split, target?.box);
    const middle = y + bend / 2;
    for (const [i, flow] of split.branches.entries()) {
      const at = x + axes[i]!;
      const room = height - 2 * bend - extents[i]!.height;
      // What begins here stands as near to what it leads to as it can.
      const begin = y + bend + (isEntered ? room / 2 : room);
      const way: Point[] = [
        [x, y],
        [x, middle],
        [at, middle],
      ];
      if (isEmpty(flow)) {
        this.#arrive(isEntered ? way : way.slice(2), target);
        continue;
      }
      if (isEntered) this.#draw([...way, [at, begin]], isBox(flow[0]));
      const end = this.place(flow, at, begin, isEntered, target);
      const last = flow.at(-1);
      if (isBox(last) || isRepeat(last)) this.#arrive([[at, end]], target);
    }
  }

  // From a way's end to the box behind it: into a sign from the side, into all others from above.
  #arrive(points: readonly Point[], target: Target | undefined): void {
    if (target === undefined) return;
    const { box, x, y } = target;
    const [at] = points.at(-1)!;
    if (box.kind === 'sign' && at !== x) {
      const { right, left, height } = this.#measures.sizeOf(box);
      const level = y + height / 2;
      this.#draw([...points, [at, level], [at > x ? x + right : x - left, level]], true);
    } else if (box.kind === 'port' && at !== x) {
      this.#draw([...points, [at, y - bend / 2], [x, y - bend / 2]], false);
    } else {
      this.#draw([...points, [at, y]], box.kind !== 'port');
    }
  }

  #placeTangle(tangle: Tangle, x: number, y: number, target?: Target): void {
    const { boxes } = tangle;
    const fork = this.#measures.forkOf(tangle);
    let at = y + bend;
    for (const [i, box] of boxes.entries()) {
      const before = i === 0 ? fork : boxes[i - 1];
      const size = this.#measures.sizeOf(box);
      this.boxes.set(box, { x, y: at, ...size });
      if (before !== undefined && box.from.includes(before)) {
        this.#down(x, at - (i === 0 ? bend : gap), at, true);
      }
      at += size.height + gap;
    }
    if (target?.box.from.includes(boxes.at(-1)!)) this.#arrive([[x, at - gap]], target);
    for (const { from, to, x: lane } of this.#measures.lanes(tangle, target?.box)) {
      const start = from === fork ? ([x, y] as const) : this.#exit(from);
      const level = from === fork ? y + bend / 2 - 2 : start[1];
      const way: Point[] = [start, [start[0], level], [x + lane, level]];
      for (const box of to) {
        if (box === target?.box) {
          this.#arrive(way, target);
          continue;
        }
        const { x: axis, y: top, right, height } = this.boxes.get(box)!;
        const into = top + height / 2 - (box.kind === 'sign' ? 0 : aside);
        this.#draw([...way, [x + lane, into], [axis + right, into]], true);
      }
    }
  }

  // On the right of a box.
  #exit(box: Box): Point {
    const { x, y, right, height } = this.boxes.get(box)!;
    return [x + right, y + height / 2 + (box.kind === 'sign' ? 0 : aside)];
  }
}

// Pixels: lines leave a box's side below its middle, and come to it above that.
const aside = 5;

/**
 * Gives the boxes of a panel their places, and the lines between them.
 *
 * @param sizeOf - Of a box, as its texts need.
 */
export function layOut(flow: Flow, sizeOf: (box: Box) => Extent): Layout {
  const measures = new Measures(flow, sizeOf);
  const extent = measures.measure(flow);
  const placer = new Placer(measures);
  placer.place(flow, extent.left, 0, false);
  const { boxes, wires, frames } = placer;
  return { boxes, wires, frames, extent };
}

import type { Tensor } from '../tensor/index.js';

/** A place on a line: how far from its beginning, the loss, the gradient and its part along the line. */
export interface Point {
  readonly t: number;
  readonly loss: number;
  readonly grad: Tensor;
  readonly slope: number;
}

/** The beginning of a line. */
interface Line {
  readonly loss: number;
  readonly grad: Tensor;
  readonly slope: number;
  /** The largest element of the direction. */
  readonly extent: number;
  readonly toleranceChange: number;
  /** Iterations at most. */
  readonly most: number;
}

type Shape = Pick<Point, 't' | 'loss' | 'slope'>;

// Where a cubic through two points, with their slopes, is least.
function cubic(a: Shape, b: Shape, [least, most]: readonly [number, number]): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 ** 2 - a.slope * b.slope;
  if (!(square >= 0)) return (least + most) / 2;
  const d2 = Math.sqrt(square);
  const [from, to] = a.t <= b.t ? [a, b] : [b, a];
  const place = to.t - (to.t - from.t) * ((to.slope + d2 - d1) / (to.slope - from.slope + 2 * d2));
  return Math.min(Math.max(place, least), most);
}

/**
 * A point of a line at which the loss is enough lower and its slope small enough; Python's `_strong_wolfe`.
 * @param at - Evaluates a place.
 * @param t - The first one.
 */
export function strongWolfe(
  at: (t: number) => Point,
  t: number,
  line: Line,
): { point: Point; evaluations: number } {
  const [c1, c2] = [1e-4, 0.9];
  const isHigh = (point: Point) => point.loss > line.loss + c1 * point.t * line.slope;
  const isFlat = (point: Point) => Math.abs(point.slope) <= -c2 * line.slope;
  let evaluations = 1;
  const evaluate = (place: number): Point => {
    evaluations++;
    return at(place);
  };
  const begin: Point = { t: 0, loss: line.loss, grad: line.grad, slope: line.slope };
  let point = at(t);
  let previous = begin;
  let bracket: [Point, Point] | undefined;
  let iteration = 0;
  for (; iteration < line.most; iteration++) {
    if (isHigh(point) || (iteration > 1 && point.loss >= previous.loss)) {
      bracket = [previous, point];
      break;
    }
    if (isFlat(point)) return { point, evaluations };
    if (point.slope >= 0) {
      bracket = [previous, point];
      break;
    }
    const bounds = [point.t + 0.01 * (point.t - previous.t), point.t * 10] as const;
    const next = cubic(previous, point, bounds);
    previous = point;
    point = evaluate(next);
  }
  bracket ??= [begin, point];
  let low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
  let isStuck = false;
  for (; iteration < line.most; iteration++) {
    const [a, b] = bracket;
    const [least, most] = [Math.min(a.t, b.t), Math.max(a.t, b.t)];
    if ((most - least) * line.extent < line.toleranceChange) break;
    let place = cubic(a, b, [least, most]);
    const margin = 0.1 * (most - least);
    if (Math.min(most - place, place - least) < margin) {
      if (isStuck || place >= most || place <= least) {
        place = Math.abs(place - most) < Math.abs(place - least) ? most - margin : least + margin;
        isStuck = false;
      } else isStuck = true;
    } else isStuck = false;
    const found = evaluate(place);
    const high = 1 - low;
    if (isHigh(found) || found.loss >= bracket[low]!.loss) {
      bracket[high] = found;
      low = bracket[0].loss <= bracket[1].loss ? 0 : 1;
      continue;
    }
    if (!isFlat(found) && found.slope * (bracket[high]!.t - bracket[low]!.t) >= 0) {
      bracket[high] = bracket[low]!;
    }
    bracket[low] = found;
    if (isFlat(found)) break;
  }
  return { point: bracket[low]!, evaluations };
}

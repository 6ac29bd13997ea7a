// Strokes on pixels: a soft round brush that adds light or takes it away.

export interface Pixels {
  /** 0–255, channels one after the other. */
  readonly data: Uint8Array<ArrayBuffer>;
  readonly channels: number;
  readonly rows: number;
  readonly columns: number;
}

export interface Brush {
  /** Pixels. */
  readonly radius: number;
  /** What the stroke leaves, 0–255. */
  readonly value: number;
}

type Place = readonly [x: number, y: number];

/** One touch; `x` and `y` in pixels, the first pixel's middle at 0.5. */
function touch(pixels: Pixels, [x, y]: Place, { radius, value }: Brush): void {
  const { data, channels, rows, columns } = pixels;
  const reach = Math.ceil(radius + 1);
  for (let row = Math.max(0, Math.floor(y) - reach); row < Math.min(rows, y + reach + 1); row++) {
    const [from, to] = [Math.max(0, Math.floor(x) - reach), Math.min(columns, x + reach + 1)];
    for (let column = from; column < to; column++) {
      const distance = Math.hypot(column + 0.5 - x, row + 0.5 - y);
      // Full inside, and soft over one pixel at the rim.
      const cover = Math.min(1, Math.max(0, radius + 0.5 - distance));
      for (let channel = 0; channel < channels; channel++) {
        const i = (channel * rows + row) * columns + column;
        const mixed = data[i]! + (value - data[i]!) * cover;
        // Touches of one stroke overlap: they never undo one another.
        data[i] = value > data[i]! ? Math.max(data[i]!, mixed) : Math.min(data[i]!, mixed);
      }
    }
  }
}

/** A stroke from one place to another. */
export function stroke(pixels: Pixels, from: Place, to: Place, brush: Brush): void {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const touches = Math.max(1, Math.ceil((2 * length) / Math.max(0.5, brush.radius)));
  for (let i = 0; i <= touches; i++) {
    const share = i / touches;
    const at: Place = [from[0] + (to[0] - from[0]) * share, from[1] + (to[1] - from[1]) * share];
    touch(pixels, at, brush);
  }
}

/** What is not background: rows and columns from, to; `undefined` where all is. */
export function inkBox(
  { data, rows, columns }: Pixels,
  background: number,
): { left: number; top: number; right: number; bottom: number } | undefined {
  let [left, top, right, bottom] = [columns, rows, -1, -1];
  for (let i = 0; i < rows * columns; i++) {
    if (Math.abs(data[i]! - background) < 32) continue;
    const [row, column] = [Math.floor(i / columns), i % columns];
    [left, right] = [Math.min(left, column), Math.max(right, column)];
    [top, bottom] = [Math.min(top, row), Math.max(bottom, row)];
  }
  return right < 0 ? undefined : { left, top, right: right + 1, bottom: bottom + 1 };
}

/** The pixels as a canvas can show them. */
export function toImage(pixels: Pixels): ImageData {
  const { data, channels, rows, columns } = pixels;
  const size = rows * columns;
  const image = new ImageData(columns, rows);
  for (let i = 0; i < size; i++) {
    for (let channel = 0; channel < 3; channel++) {
      image.data[4 * i + channel] = data[i + (channels === 3 ? channel * size : 0)]!;
    }
    image.data[4 * i + 3] = 255;
  }
  return image;
}

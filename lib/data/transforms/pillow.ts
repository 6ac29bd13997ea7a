// Pillow weighs bytes in whole numbers: weights of 22 bits, half of one added, the rest cut off.
const bits = 22;

/** For each new pixel along an edge the first old one, and the weights of those from there on. */
interface Taps {
  readonly first: Int32Array;
  /** As many for each new pixel. */
  readonly count: number;
  readonly weights: Int32Array;
}

// Pillow's `precompute_coeffs` and `normalize_coeffs_8bpc` for BILINEAR, which looks as far as the scale says.
function tapsOf(from: number, to: number): Taps {
  const scale = from / to;
  const reach = Math.max(scale, 1);
  const count = Math.min(from, Math.ceil(reach) * 2 + 1);
  const first = new Int32Array(to);
  const weights = new Int32Array(to * count);
  for (let i = 0; i < to; i++) {
    const center = (i + 0.5) * scale;
    const start = Math.max(0, Math.trunc(center - reach + 0.5));
    const end = Math.min(from, Math.trunc(center + reach + 0.5));
    const shares = Array.from({ length: end - start }, (_, k) =>
      Math.max(0, 1 - Math.abs((k + start - center + 0.5) / reach)),
    );
    const sum = shares.reduce((total, share) => total + share, 0);
    // Those that are weighed by nothing must be pixels, too.
    first[i] = Math.min(start, from - count);
    const shift = start - first[i]!;
    shares.forEach((share, k) => {
      weights[i * count + shift + k] = Math.trunc(0.5 + (share / sum) * 2 ** bits);
    });
  }
  return { first, count, weights };
}

type Edges = readonly [height: number, width: number];

/**
 * Resizes grey images of bytes, one behind the other, as Pillow's `resize(size, BILINEAR)`, bit for bit for squares:
 * first across, then down. Of some other sizes Pillow 13 begins the other way, which may differ by a level.
 */
export function resizeBytes(
  pixels: Uint8Array,
  [height, width]: Edges,
  [toHeight, toWidth]: Edges,
): Uint8Array {
  const rows = pixels.length / width;
  const across =
    toWidth === width ? pixels : weigh(pixels, [rows, width, 1], toWidth, tapsOf(width, toWidth));
  if (toHeight === height) return across;
  return weigh(across, [rows / height, height, toWidth], toHeight, tapsOf(height, toHeight));
}

// Of (outer, from, inner) to (outer, to, inner).
function weigh(
  pixels: Uint8Array,
  [outer, from, inner]: readonly [number, number, number],
  to: number,
  { first, count, weights }: Taps,
): Uint8Array {
  const result = new Uint8Array(outer * to * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < to; i++) {
      const start = (o * from + first[i]!) * inner;
      for (let x = 0; x < inner; x++) {
        let sum = 1 << (bits - 1);
        for (let k = 0, w = i * count, p = start + x; k < count; k++, w++, p += inner) {
          sum = (sum + pixels[p]! * weights[w]!) | 0;
        }
        result[at++] = sum >> bits;
      }
    }
  }
  return result;
}

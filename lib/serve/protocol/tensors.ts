import { TorchError } from '../../error.js';

/** A tensor of a request, as its JSON describes it. */
export interface TensorJson {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  readonly data?: unknown;
}

/** A request of the protocol's, read. */
export interface InferRequest {
  readonly id: string | undefined;
  readonly images: Float32Array;
  readonly count: number;
  /** Whether the outputs are sent behind the JSON. */
  readonly isBinary: boolean;
}

export const refused = (message: string): TorchError => new TorchError('ERR_REQUEST', message);

/**
 * The values of a tensor in JSON: flat, or nested as its shape is.
 * @throws {TorchError} `ERR_REQUEST` for another number of them, and for what is no number.
 */
export function valuesOf(data: unknown, count: number): Float32Array {
  if (!Array.isArray(data)) throw refused("input: data: expected an array, or 'binary_data_size'");
  const values = new Float32Array(count);
  const end = fill(values, data, 0, mostNesting);
  if (end !== count) throw refused(`input: data: expected ${count} numbers, found ${end}`);
  return values;
}

// N, C, H and W.
const mostNesting = 4;

function fill(
  values: Float32Array,
  data: readonly unknown[],
  from: number,
  nesting: number,
): number {
  if (nesting === 0) throw refused(`input: data: expected at most ${mostNesting} nested arrays`);
  let at = from;
  for (const each of data) {
    if (Array.isArray(each)) at = fill(values, each, at, nesting - 1);
    else if (typeof each !== 'number') {
      throw refused(`input: data: expected numbers, found ${typeof each}`);
    } else {
      if (at < values.length) values[at] = each;
      at++;
    }
  }
  return at;
}

/** float32 values from their bytes, little-endian, wherever these begin. */
export function floatsOf(bytes: Uint8Array): Float32Array {
  const values = new Float32Array(bytes.length / 4);
  new Uint8Array(values.buffer).set(bytes);
  return values;
}

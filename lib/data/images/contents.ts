import { parseIdx } from '../sets/idx.js';
import { decodeImage, describeBytes, imageError } from './decode.js';
import { imageFormat } from './format.js';
import { type PrepareOptions, prepareImage } from './prepare.js';

/** The images that a file holds. */
export interface FileImages {
  readonly count: number;
  /** Prepares image number `index`: uint8 `(height, width)`, row by row. */
  prepare(index: number): Uint8Array;
  /** Whether the file's format is one for many images, so that they have numbers. */
  readonly numbered: boolean;
}

/**
 * The images in a file's bytes, whose first ones decide: a PNG, JPEG or WebP; IDX images, plain or
 * gzip; else raw uint8 pixels, image after image, of the size asked for. IDX and raw images are a data
 * set's: `invert: 'auto'` leaves them as they are.
 *
 * @param name - What errors call it.
 * @throws {TorchError} `ERR_IMAGE`, or `ERR_DATA_CORRUPT` for a damaged IDX file.
 */
export async function imagesIn(
  bytes: Uint8Array,
  name: string,
  options: PrepareOptions = {},
): Promise<FileImages> {
  if (imageFormat(bytes) !== undefined) {
    const pixels = prepareImage(await decodeImage(bytes, name), options);
    return { count: 1, numbered: false, prepare: () => pixels };
  }
  const [height, width] = options.size ?? [28, 28];
  if (isIdx(bytes)) {
    const { data, dims } = parseIdx(bytes, name);
    if (dims.length !== 3 || dims.includes(0)) {
      throw imageError(name, `expected IDX images of shape (N, H, W), found [${dims}]`);
    }
    return each(data, dims as [number, number, number], true, options);
  }
  const count = bytes.length / (height * width);
  if (count === 0 || !Number.isInteger(count)) {
    throw imageError(
      name,
      `expected a PNG, JPEG, WebP or IDX file, or ${height * width} raw bytes per image, ` +
        `found ${describeBytes(bytes)}`,
    );
  }
  return each(bytes, [count, height, width], count > 1, options);
}

// Of IDX, zero bytes, the type and the number of dimensions; gzip is taken for IDX within.
function isIdx(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true;
  return bytes[0] === 0 && bytes[1] === 0 && bytes[2] === 8 && (bytes[3] === 1 || bytes[3] === 3);
}

function each(
  data: Uint8Array,
  [count, height, width]: readonly [number, number, number],
  numbered: boolean,
  { size, invert = 'auto' }: PrepareOptions,
): FileImages {
  const pixels = height * width;
  const options: PrepareOptions = { ...(size && { size }), invert: invert === true };
  return {
    count,
    numbered,
    prepare: (index) => {
      const image = data.subarray(index * pixels, (index + 1) * pixels);
      return prepareImage({ data: image, width, height, channels: 1 }, options);
    },
  };
}

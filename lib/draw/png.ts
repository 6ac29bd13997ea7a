import { atMost } from '../argument/atMost.js';
import { Kind, text } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { invalidArgument } from '../error.js';
import { companion } from '../native/companions.js';
import { withFonts } from './fonts.js';

/** Options of {@link toPng}. */
export interface PngOptions {
  /** Pixels of the result per pixel of the picture, above 0, at most 16. Default 2. */
  scale?: number;
}

const factor = new Kind<number>('a number above 0, at most 16', (given) =>
  typeof given === 'number' && given > 0 && given <= 16 ? given : undefined,
);

// What the package's own font has letters for: Latin, Greek, Cyrillic, arrows, mathematics.
const beyondOwnFont = /[\u0590-\u1dff\u2e80-\uffff]/;

/**
 * Sets a picture as PNG. Text is set in a font that the package brings, so that it looks the same
 * everywhere and needs no fonts on the machine; these are searched only for scripts that font lacks.
 *
 * @param svg - A picture that `draw` has made, or any SVG without references to files.
 * @returns The bytes of the PNG file.
 * @throws {TypeError} `ERR_INVALID_ARG` for a scale out of range, or text that is no SVG.
 * @throws {TorchError} `ERR_ADDON_NOT_FOUND` where the renderer's binary was left out; `ERR_FILE_READ`, `ERR_FILE_NOT_FOUND` or `ERR_FILE_WRITE` where the package's fonts
 *   cannot be given to the renderer.
 * @example
 * const png = await torch.draw.toPng(torch.draw.filters(net), { scale: 2 });
 * String.fromCharCode(...png.subarray(1, 4)); // → 'PNG'
 */
export async function toPng(svg: string, options?: PngOptions): Promise<Uint8Array> {
  atMost('toPng', 2, arguments.length);
  text.read('toPng: svg', svg);
  const { scale } = readOptions('toPng', { scale: factor.or(2) }, options);
  // Here and not above: a native library that only this needs.
  const renderer = await companion('@resvg/resvg-js', import('@resvg/resvg-js'));
  return withFonts(renderer, async (font) => {
    try {
      const image = await renderer.renderAsync(svg, {
        fitTo: { mode: 'zoom', value: scale },
        font: { ...font, loadSystemFonts: beyondOwnFont.test(svg) },
      });
      return image.asPng();
    } catch (error) {
      throw Object.assign(invalidArgument(`toPng: not a picture: ${(error as Error).message}`), {
        cause: error,
      });
    }
  });
}

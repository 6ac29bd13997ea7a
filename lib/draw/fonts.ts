import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ResvgRenderOptions } from '@resvg/resvg-js';

import { TorchError } from '../error.js';
import { readError } from '../files/readError.js';

/** The renderer, which its caller has loaded. */
type Renderer = Pick<typeof import('@resvg/resvg-js'), 'Resvg'>;

const family = 'DejaVu Sans';
const letter =
  '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">A</text></svg>';

/**
 * Lends the package's fonts to the renderer, which opens files itself: where they lie in an archive that
 * only Node can read into, as copies that are gone afterwards. A font that it cannot open it would leave
 * out without a word, and every letter with it; so each has to draw one first.
 *
 * @throws {TorchError} `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ` or `ERR_FILE_WRITE`: no picture without letters.
 */
export async function withFonts<T>(
  { Resvg }: Renderer,
  draw: (font: NonNullable<ResvgRenderOptions['font']>) => Promise<T>,
): Promise<T> {
  const using = (fontFiles: string[]) => ({
    loadSystemFonts: false,
    fontFiles,
    defaultFontFamily: family,
    sansSerifFamily: family,
  });
  const draws = (file: string): boolean =>
    new Resvg(letter, { font: using([file]) }).getBBox() !== undefined;
  const files = packagedFonts();
  if (files.every(draws)) return draw(using(files));
  const { folder, copies } = copy(files);
  try {
    const unread = copies.findIndex((file) => !draws(file));
    if (unread >= 0) {
      throw new TorchError('ERR_FILE_READ', `${files[unread]} cannot be read as a font`);
    }
    return await draw(using(copies));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function packagedFonts(): string[] {
  const { resolve } = createRequire(import.meta.url);
  return ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => {
    const file = `dejavu-fonts-ttf/ttf/${name}.ttf`;
    try {
      return resolve(file);
    } catch (error) {
      const message = `${file} is missing from this installation. Install the package again`;
      throw new TorchError('ERR_FILE_NOT_FOUND', message, { cause: error });
    }
  });
}

function copy(files: readonly string[]): { folder: string; copies: string[] } {
  const contents = files.map((file) => {
    try {
      return readFileSync(file);
    } catch (error) {
      throw readError(error, file);
    }
  });
  let folder: string | undefined;
  try {
    folder = mkdtempSync(join(tmpdir(), 'lenet-torch-fonts-'));
    const copies = files.map((file) => join(folder!, basename(file)));
    copies.forEach((path, i) => {
      writeFileSync(path, contents[i]!);
    });
    return { folder, copies };
  } catch (error) {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
    throw new TorchError(
      'ERR_FILE_WRITE',
      `the fonts cannot be copied to ${tmpdir()}, where the renderer could read them: ` +
        `${(error as Error).message}. Set TMPDIR to a folder that can be written`,
      { cause: error },
    );
  }
}

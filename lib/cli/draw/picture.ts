import { type Command, InvalidArgumentError, Option } from 'commander';

import type { Torch } from '../torch.js';

/** Options that every picture has. */
export interface PictureOptions {
  out?: string;
  theme: 'light' | 'dark';
  scale: number;
}

function fileName(text: string): string {
  if (/\.(svg|png)$/i.test(text)) return text;
  throw new InvalidArgumentError('Expected a name that ends in .svg or .png.');
}

const isPng = (name: string): boolean => /\.png$/i.test(name);

function pngScale(text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value > 0 && value <= 16) return value;
  throw new InvalidArgumentError('Expected a number above 0, at most 16.');
}

/** `--out`, `--theme` and `--scale`. */
export function addPictureOptions(command: Command): Command {
  return command
    .option('--out <file>', 'file to write, .svg or .png (default: SVG on stdout)', fileName)
    .addOption(
      new Option('--theme <name>', 'colours of the page')
        .choices(['light', 'dark'])
        .default('light'),
    )
    .option('--scale <factor>', 'pixels of a .png per pixel of the picture', pngScale, 2)
    .hook('preAction', () => {
      const { out } = command.opts<PictureOptions>();
      if (command.getOptionValueSource('scale') !== 'cli' || (out && isPng(out))) return;
      command.error("error: option '--scale <factor>' needs '--out' with a name that ends in .png");
    });
}

/**
 * Writes a picture where the options say.
 *
 * @throws {TorchError} `ERR_FILE_WRITE` or `ERR_NO_SPACE`, naming the file.
 */
export async function writePicture(
  torch: Torch,
  svg: string,
  { out, scale }: PictureOptions,
): Promise<void> {
  if (out === undefined) {
    process.stdout.write(svg);
    return;
  }
  const { writeAtomically } = await import('../../files/atomic.js');
  const bytes = isPng(out) ? await torch.draw.toPng(svg, { scale }) : svg;
  await writeAtomically(out, (write) => write(bytes));
}

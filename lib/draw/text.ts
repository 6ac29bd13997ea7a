// Advance widths of DejaVu Sans in thousandths of the font's size, U+0020 … U+007E. PNG is set in this
// font, and browsers take Verdana, which is as wide, or something narrower.
const widths: readonly number[] = [
  318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
  636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
  575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
  611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
  278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
];
const firstCharacter = 0x20;
// Most other letters are narrower than this; ideographs are not.
const otherWidth = 840;
const ideographWidth = 1000;
const firstIdeograph = 0x2e80;
const boldness = 1.12;

/** The family of all text: the font that PNG is set in, then one as wide, then any. */
export const fontFamily = "'DejaVu Sans', Verdana, sans-serif";

/** Estimated width in pixels of one line of text. */
export function textWidth(text: string, size: number, isBold = false): number {
  let sum = 0;
  for (const character of text) {
    const point = character.codePointAt(0)!;
    sum += widths[point - firstCharacter] ?? (point < firstIdeograph ? otherWidth : ideographWidth);
  }
  return (sum / 1000) * size * (isBold ? boldness : 1);
}

/** The text, or as much of its beginning as fits with an ellipsis. */
export function fitText(text: string, size: number, width: number, isBold = false): string {
  if (textWidth(text, size, isBold) <= width) return text;
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}…`, size, isBold) > width) {
    characters.pop();
  }
  return `${characters.join('').trimEnd()}…`;
}

/**
 * A number for a reader: `digits` significant ones without trailing zeros, a true minus sign, `'NaN'`,
 * `'∞'`.
 */
export function formatNumber(value: number, digits = 3): string {
  if (Number.isNaN(value)) return 'NaN';
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return `${sign}∞`;
  const rounded = Number(size.toPrecision(digits));
  if (rounded === 0) return '0';
  if (rounded < 1e-4 || rounded >= 1e7) {
    const [mantissa, exponent] = rounded.toExponential().split('e');
    return `${sign}${mantissa}e${exponent!.replace('+', '').replace('-', '−')}`;
  }
  return sign + String(rounded);
}

/** `48,120` for 48120. */
export function formatCount(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

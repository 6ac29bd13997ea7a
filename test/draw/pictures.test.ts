import { decode } from 'fast-png';
import { describe, expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { pictures } from './examples.js';
import { overlappingTexts, parseSvg, sizeOf, textsOf, textsOutside } from './svg.js';

const { draw } = torch;
const themes = ['light', 'dark'] as const;
const cases = Object.keys(pictures).flatMap((name) =>
  themes.map((theme) => [name, theme] as const),
);

describe.each(cases)('%s, %s', (name, theme) => {
  const svg = pictures[name]!(theme);

  test('is well-formed, the same each time, and has a title', () => {
    expect(pictures[name]!(theme)).toBe(svg);
    const [root, title] = parseSvg(svg);
    expect(root).toMatchObject({ name: 'svg', attributes: { role: 'img' } });
    expect(title!.name).toBe('title');
    expect(title!.text.length).toBeGreaterThan(8);
    expect(svg).not.toMatch(/="(NaN|undefined|-?Infinity|null)"|NaN [ML]|undefined/);
  });

  test('has its text inside, and no line over another', () => {
    expect(textsOf(svg).length).toBeGreaterThan(1);
    expect(textsOutside(svg)).toEqual([]);
    expect(overlappingTexts(svg)).toEqual([]);
  });

  test('as PNG: of the right size, not blank, and nothing is cut off at the edges', async () => {
    const [width, height] = sizeOf(svg);
    const png = decode(await draw.toPng(svg, { scale: 1 }));
    expect([png.width, png.height]).toEqual([width, height]);
    const colorAt = (x: number, y: number): string =>
      String(png.data.slice((y * width + x) * png.channels, (y * width + x) * png.channels + 3));
    const background = { light: '255,255,255', dark: '13,17,23' }[theme];
    const edge = new Set<string>();
    for (let x = 0; x < width; x++) edge.add(colorAt(x, 0)).add(colorAt(x, height - 1));
    for (let y = 0; y < height; y++) edge.add(colorAt(0, y)).add(colorAt(width - 1, y));
    expect([...edge]).toEqual([background]);
    let drawn = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) if (colorAt(x, y) !== background) drawn++;
    }
    expect(drawn / (width * height)).toBeGreaterThan(0.01);
  });
});

test('both themes draw the same texts', () => {
  for (const picture of Object.values(pictures)) {
    expect(textsOf(picture('dark'))).toEqual(textsOf(picture('light')));
  }
});

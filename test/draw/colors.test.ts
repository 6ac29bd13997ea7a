import { describe, expect, test } from 'vitest';

import {
  activations,
  counts,
  luminance,
  parseColor,
  type Rgb,
  signed,
} from '../../lib/draw/colors.js';
import { themeKind } from '../../lib/draw/theme.js';

const themes = (['light', 'dark'] as const).map((theme) => themeKind.read('theme', theme));

// Machado, Oliveira and Fernandes, 2009, severity 1, for linear RGB.
const blindness: Readonly<Record<string, readonly (readonly number[])[]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
};

// CIE L*a*b* of a colour as such a reader sees it.
function labOf(color: Rgb, matrix: readonly (readonly number[])[]): number[] {
  const linear = color.map((c) =>
    c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4,
  );
  const [r, g, b] = matrix.map((row) =>
    Math.min(
      1,
      Math.max(
        0,
        row.reduce((sum, m, i) => sum + m * linear[i]!, 0),
      ),
    ),
  ) as [number, number, number];
  const xyz = [
    (0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505,
    0.2126 * r + 0.7152 * g + 0.0722 * b,
    (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089,
  ];
  const [x, y, z] = xyz.map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)) as [
    number,
    number,
    number,
  ];
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const contrast = (a: string, b: string): number => {
  const [dark, light] = [luminance(parseColor(a)), luminance(parseColor(b))].sort((p, q) => p - q);
  return (light! + 0.05) / (dark! + 0.05);
};

describe.each(themes)('$name', (theme) => {
  test('text and lines stand out from the page', () => {
    expect(contrast(theme.text, theme.background)).toBeGreaterThan(7);
    expect(contrast(theme.muted, theme.background)).toBeGreaterThan(4.5);
    for (const color of [theme.wrong, theme.right]) {
      expect(contrast(color, theme.background)).toBeGreaterThan(4.5);
    }
    for (const color of theme.series) {
      expect(contrast(color, theme.background)).toBeGreaterThan(3);
    }
  });

  test.each(Object.keys(blindness))('colours are told apart, %s', (name) => {
    const all = theme.series.map((c) => labOf(parseColor(c), blindness[name]!));
    const distances = all.flatMap((a, i) =>
      all.slice(i + 1).map((b) => Math.hypot(...a.map((v, k) => v - b[k]!))),
    );
    // 2.3 is a difference that one just sees.
    expect(Math.min(...distances)).toBeGreaterThan(10);
  });

  test('signs are told apart by every reader, and zero is in the middle', () => {
    const [low, , zero, , high] = signed(theme);
    for (const matrix of Object.values(blindness)) {
      const [a, b] = [low!, high!].map((c) => labOf(parseColor(c), matrix)) as [number[], number[]];
      expect(Math.hypot(...a.map((v, k) => v - b[k]!))).toBeGreaterThan(40);
    }
    expect(zero).toBe(theme.zero);
  });

  test('counts become ever less like the page', () => {
    const ratios = counts(theme).map((color) => contrast(color, theme.background));
    expect(ratios).toEqual([...ratios].sort((a, b) => a - b));
  });
});

test('brightness of activations rises', () => {
  const levels = activations.map((color) => luminance(parseColor(color)));
  expect(levels).toEqual([...levels].sort((a, b) => a - b));
});

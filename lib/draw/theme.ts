import { anything, Kind, type Setting } from '../argument/kind.js';
import type { SpecOf } from '../argument/options.js';
import { dark, light, type Theme, type ThemeName } from './palette.js';

export type { Theme, ThemeName };

/** What every picture takes. */
export interface DrawOptions {
  /** Default `'light'`. */
  theme?: ThemeName | undefined;
}

/** Reads the name of a theme. */
export const themeKind = new Kind<ThemeName, Theme>("'light' or 'dark'", (given) =>
  [light, dark].find(({ name }) => name === given),
);

/** The spec of {@link DrawOptions}. */
export const drawSpec = { theme: themeKind.or('light') } satisfies SpecOf<DrawOptions>;

/** An option that one of the drawing functions looks at itself. */
export const lookedAt = <T>(): Setting<T, T | undefined> => anything<T>('').optional();

/** Colours for light pages, or for dark ones. */
export type ThemeName = 'light' | 'dark';

/** Colours as `#rrggbb`. */
export interface Theme {
  readonly name: ThemeName;
  readonly background: string;
  readonly text: string;
  /** Secondary text. */
  readonly muted: string;
  /** Outlines and axes. */
  readonly line: string;
  /** Grids and empty cells. */
  readonly faint: string;
  readonly panel: string;
  /** For kinds of things, in this order; after Okabe and Ito, so that colour-blind readers tell them apart. */
  readonly series: readonly string[];
  readonly wrong: string;
  readonly right: string;
  /** The middle of signed values. */
  readonly zero: string;
}

export const light: Theme = {
  name: 'light',
  background: '#ffffff',
  text: '#1f2328',
  muted: '#59636e',
  line: '#656d76',
  faint: '#d8dee4',
  panel: '#f3f5f7',
  series: ['#0072b2', '#d55e00', '#009e73', '#8f3f71', '#1f2328', '#7a2e00'],
  wrong: '#c25000',
  right: '#0072b2',
  zero: '#f5f5f5',
};

export const dark: Theme = {
  name: 'dark',
  background: '#0d1117',
  text: '#e6edf3',
  muted: '#9ba5b0',
  line: '#8b949e',
  faint: '#30363d',
  panel: '#161b22',
  series: ['#56b4e9', '#e69f00', '#00b685', '#dd94bd', '#f0e442', '#f07838'],
  wrong: '#f0883e',
  right: '#56b4e9',
  zero: '#20262d',
};

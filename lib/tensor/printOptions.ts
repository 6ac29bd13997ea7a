import { atMost } from '../argument/atMost.js';
import { flag, integer, Kind, number, oneOf, orNull } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';

/** Options of {@link setPrintoptions}. */
export interface PrintOptions {
  /** Digits after the point, at most 50. Default 4. */
  precision?: number;
  /** Elements above which a tensor is summarized. Default 1000. */
  threshold?: number;
  /** Elements at each end of a dimension that a summary shows, at least 1. Default 3. */
  edgeitems?: number;
  /** Letters in a line. Default 80. */
  linewidth?: number;
  /** Several at once; the others go before it. Default: none. */
  profile?: 'default' | 'short' | 'full';
  /** Whether numbers have exponents. Default null: where they are of different sizes. */
  sciMode?: boolean | null;
}

const digits = new Kind<number>('an integer of 0 to 50', (given) =>
  Number.isInteger(given) && (given as number) >= 0 && (given as number) <= 50
    ? (given as number)
    : undefined,
);

const spec = {
  precision: digits.optional(),
  threshold: number(0).optional(),
  edgeitems: integer(1).optional(),
  linewidth: integer(1).optional(),
  profile: oneOf('default', 'short', 'full').optional(),
  sciMode: orNull(flag).or(null),
} satisfies SpecOf<PrintOptions>;

const initial = { precision: 4, threshold: 1000, edgeitems: 3, linewidth: 80 };

const profiles = {
  default: initial,
  short: { ...initial, precision: 2, edgeitems: 2 },
  full: { ...initial, threshold: Number.POSITIVE_INFINITY },
};

/** How tensors are printed now. */
export const printed: { sciMode: boolean | null } & typeof initial = { ...initial, sciMode: null };

/**
 * How tensors are printed; mirrors `torch.set_printoptions`. What is not given stays as it is, but for `sciMode`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.set_printoptions.html
 * @example
 * torch.setPrintoptions({ precision: 2 });
 * torch.tensor([1 / 3]); // → tensor([0.33])
 * torch.setPrintoptions({ profile: 'default' });
 * torch.tensor([1 / 3]); // → tensor([0.3333])
 */
export function setPrintoptions(options: PrintOptions = {}): void {
  atMost('setPrintoptions', 1, arguments.length);
  const { profile, ...given } = readOptions('setPrintoptions', spec, options);
  if (profile !== undefined) Object.assign(printed, profiles[profile]);
  const set = Object.entries(given).filter(([, value]) => value !== undefined);
  Object.assign(printed, Object.fromEntries(set));
}

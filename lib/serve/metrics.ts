// Prometheus's text format, version 0.0.4. The usual client brings 4.7 MB in four packages for what stands here.

type Labels = Readonly<Record<string, string>>;

const escaped = (value: string): string =>
  value.replace(/[\\"\n]/g, (each) => (each === '\n' ? '\\n' : `\\${each}`));
const labelled = (labels: string): string => (labels === '' ? '' : `{${labels}}`);

function textOf(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

/** Something that is counted or measured, with its lines. */
export interface Metric {
  lines(): string[];
}

const head = (name: string, kind: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${kind}`,
];

/** One line of a counter. */
export interface Count {
  value: number;
}

/** Counts up, for each set of labels. */
export class Counter implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #counts = new Map<string, Count>();

  constructor(name: string, help: string) {
    this.#name = name;
    this.#help = help;
  }

  /** The line with these labels, to be counted up; it is there from now on. */
  of(labels: Labels): Count {
    const key = textOf(labels);
    let count = this.#counts.get(key);
    if (count === undefined) {
      count = { value: 0 };
      this.#counts.set(key, count);
    }
    return count;
  }

  lines(): string[] {
    return [
      ...head(this.#name, 'counter', this.#help),
      ...[...this.#counts].map(
        ([labels, { value }]) => `${this.#name}${labelled(labels)} ${value}`,
      ),
    ];
  }
}

/** What is so now. */
export class Gauge implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #read: () => number;

  constructor(name: string, help: string, read: () => number) {
    this.#name = name;
    this.#help = help;
    this.#read = read;
  }

  lines(): string[] {
    return [...head(this.#name, 'gauge', this.#help), `${this.#name} ${this.#read()}`];
  }
}

/** How many values were at most so large. */
export class Histogram implements Metric {
  readonly #name: string;
  readonly #help: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds - In rising order. */
  constructor(name: string, help: string, bounds: readonly number[]) {
    this.#name = name;
    this.#help = help;
    this.#bounds = bounds;
    this.#counts = new Array(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    const bounds = this.#bounds;
    let at = 0;
    while (at < bounds.length && value > bounds[at]!) at++;
    this.#counts[at]!++;
    this.#sum += value;
  }

  lines(): string[] {
    const name = this.#name;
    let count = 0;
    const buckets = this.#counts.map((each, i) => {
      count += each;
      return `${name}_bucket{le="${this.#bounds[i] ?? '+Inf'}"} ${count}`;
    });
    const ends = [`${name}_sum ${this.#sum}`, `${name}_count ${count}`];
    return [...head(name, 'histogram', this.#help), ...buckets, ...ends];
  }
}

/** All lines, as `GET /metrics` gives them. */
export const metricsText = (metrics: readonly Metric[]): string =>
  `${metrics.flatMap((metric) => metric.lines()).join('\n')}\n`;

export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

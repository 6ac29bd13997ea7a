/** A value that the report shows; a list takes a line per entry. */
export type Fact = string | number | boolean | null | readonly string[];

/** Something that keeps the package, or a part of it, from working. */
export interface Problem {
  /** What happened and what was expected, in a sentence. */
  readonly text: string;
  /** The command that mends it, or an instruction where no command can. */
  readonly next: string;
  /** Whether training on the CPU works in spite of it. Default false. */
  readonly minor?: boolean;
}

/** One topic of the report. */
export interface Section {
  readonly name: string;
  readonly facts: Readonly<Record<string, Fact>>;
  readonly problems: readonly Problem[];
}

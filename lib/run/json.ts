// JSON has no NaN and no infinities: they are written as strings, as the commands' `--json` does.
const special: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

/** JSON with numbers that JSON lacks as `"NaN"`, `"Infinity"` and `"-Infinity"`. */
export function toJson(value: unknown, space?: number): string {
  const replace = (_: string, each: unknown): unknown =>
    typeof each === 'number' && !Number.isFinite(each) ? String(each) : each;
  return JSON.stringify(value, replace, space);
}

/** What {@link toJson} wrote. @throws {SyntaxError} for anything but JSON. */
export function fromJson(text: string): unknown {
  return JSON.parse(text, (_, each: unknown) =>
    typeof each === 'string' && Object.hasOwn(special, each) ? special[each] : each,
  );
}

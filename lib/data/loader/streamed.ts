/**
 * Examples of an iterable data set in batches, as Python's loader takes them.
 * @param first - So many batches are left out.
 * @param drawn - Called after these.
 */
export function* streamed<Item>(
  source: Iterable<Item>,
  size: number,
  dropLast: boolean,
  first: number,
  drawn?: () => void,
): Generator<Item[], void> {
  const iterator = source[Symbol.iterator]();
  let isAtEnd = false;
  const next = (): Item[] => {
    const examples: Item[] = [];
    while (examples.length < size && !isAtEnd) {
      const { done, value } = iterator.next();
      if (done) isAtEnd = true;
      else examples.push(value);
    }
    return examples;
  };
  try {
    for (let batch = 0; batch < first; batch++) next();
    drawn?.();
    for (;;) {
      const examples = next();
      if (examples.length === 0 || (dropLast && examples.length < size)) return;
      yield examples;
    }
  } finally {
    if (!isAtEnd) iterator.return?.();
  }
}

/** {@link streamed}, of examples that are waited for. */
export async function* streamedAsync<Item>(
  source: AsyncIterable<Item>,
  size: number,
  dropLast: boolean,
  first: number,
  drawn?: () => void,
): AsyncGenerator<Item[], void> {
  let examples: Item[] = [];
  let batches = 0;
  if (first === 0) drawn?.();
  for await (const example of source) {
    examples.push(example);
    if (examples.length < size) continue;
    const full = examples;
    examples = [];
    if (++batches > first) yield full;
    if (batches === first) drawn?.();
  }
  if (examples.length > 0 && !dropLast && batches >= first) yield examples;
}

type Explain = (error: unknown) => unknown;

const explaining = new Set<Explain>();

/**
 * Has whoever changes what backward passes do see the errors that these end with, and say more.
 * @returns Ends that.
 */
export function explainBackward(explain: Explain): () => void {
  explaining.add(explain);
  return () => {
    explaining.delete(explain);
  };
}

/** What an error of a backward pass becomes. */
export function failedBackward(error: unknown): unknown {
  return [...explaining].reduce((told, explain) => explain(told), error);
}

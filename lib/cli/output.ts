/** One line of JSON. It has no NaN: Python's json writes it so, and null would hide it. */
export function jsonLine(object: object): string {
  return JSON.stringify(object, (_, value) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

/** Ends the process when the reader of stdout has seen enough (`| head -1`), which is no failure. */
export function endWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
}

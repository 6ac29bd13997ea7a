/** Whether a text has a form in UTF-8: half of a surrogate pair has none. */
export function isWellFormed(text: string): boolean {
  return Buffer.from(text).toString() === text;
}

// Strings, and the marks that tell keys from values.
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/**
 * The first key that an object in a JSON text has twice, which `JSON.parse` passes over in silence.
 * @param text - Valid JSON.
 */
export function findDuplicateKey(text: string): string | undefined {
  // Keys of the objects around the current place; an array has none.
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (const [mark] of text.matchAll(token)) {
    if (mark === '{') open.push(new Set());
    else if (mark === '[') open.push(undefined);
    else if (mark === '}' || mark === ']') open.pop();
    else if (mark === ':') {
      const key = JSON.parse(last) as string;
      const keys = open.at(-1);
      if (keys?.has(key)) return key;
      keys?.add(key);
    }
    last = mark;
  }
  return undefined;
}

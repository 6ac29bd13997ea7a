const [quote, backslash, colon, comma] = [0x22, 0x5c, 0x3a, 0x2c];
const [openObject, closeObject, openList, closeList] = [0x7b, 0x7d, 0x5b, 0x5d];

/** What a look at a JSON text finds that `JSON.parse` passes over in silence. */
export interface Finding {
  /** The first key that an object has twice. */
  duplicate?: string;
  /** Whether objects and lists are nested deeper than allowed. */
  tooDeep?: true;
}

/**
 * Looks through a JSON text, valid or not, in one pass.
 * @param deepest - Objects and lists inside each other, the outermost counted.
 */
export function scanJson(text: string, deepest: number): Finding {
  // Keys of the objects around the current place; a list has none.
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case openObject:
      case openList:
        if (open.length === deepest) return { tooDeep: true };
        open.push(text.charCodeAt(at) === openObject ? new Set() : undefined);
        break;
      case closeObject:
      case closeList:
        open.pop();
        break;
      case quote: {
        const end = endOfString(text, at);
        last = text.slice(at, end + 1);
        at = end;
        break;
      }
      case comma:
        last = '';
        break;
      case colon: {
        const keys = open.at(-1);
        const key = decoded(last);
        if (key === undefined || keys === undefined) break;
        if (keys.has(key)) return { duplicate: key };
        keys.add(key);
      }
    }
  }
  return {};
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at++;
  }
  return text.length;
}

function decoded(literal: string): string | undefined {
  if (!literal.includes('\\')) return literal.slice(1, -1);
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}

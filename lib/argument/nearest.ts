/** The name that a misspelt one was probably meant to be: snake_case, another case, a letter or two. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const wanted = plain(name);
  let found: string | undefined;
  let least = Math.min(3, Math.floor(wanted.length / 2) + 1);
  for (const each of names) {
    const far = distance(wanted, plain(each));
    if (far < least) [found, least] = [each, far];
  }
  return found;
}

const plain = (name: string): string => name.replaceAll('_', '').toLowerCase();

// Letters to change, add or leave out, as `native/hint.cc` counts them.
function distance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    let diagonal = row[0]!;
    row[0] = i;
    for (let j = 1; j <= b.length; j++) {
      const changed = diagonal + (a[i - 1] === b[j - 1] ? 0 : 1);
      diagonal = row[j]!;
      row[j] = Math.min(changed, row[j]! + 1, row[j - 1]! + 1);
    }
  }
  return row[b.length]!;
}

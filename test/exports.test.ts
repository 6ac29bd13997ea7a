// What a file of lib/ exports somebody else imports: the rest of lib/, or a test.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const folder = (name: string): string => fileURLToPath(new URL(`../${name}`, import.meta.url));

/** Texts of all sources in some folders, by their paths. */
const textsOf = (...names: string[]): Map<string, string> =>
  new Map(
    names.flatMap((name) =>
      readdirSync(folder(name), { recursive: true, encoding: 'utf8' })
        .filter((file) => /(?<!_pb)\.(ts|js|mjs)$/.test(file))
        .map((file) => [
          `${name}/${file}`,
          readFileSync(`${folder(name)}/${file}`, { encoding: 'utf8' }),
        ]),
    ),
  );

test('no function, class or constant is exported for nobody', () => {
  const texts = textsOf('lib', 'test', 'scripts', 'bench');
  const files = new Map<string, number>();
  for (const text of texts.values()) {
    for (const word of new Set(text.match(/[\w$]+/g))) files.set(word, (files.get(word) ?? 0) + 1);
  }
  // What is handed on whole is public, or as good as that.
  const handedOn = new Set(
    [...texts].flatMap(([file, text]) =>
      [...text.matchAll(/^export \* (?:as \w+ )?from '(\..+)\.js'/gm)].map(([, path]) =>
        join(dirname(file), `${path}.ts`),
      ),
    ),
  );
  const exported = [...texts]
    .filter(([file]) => file.startsWith('lib/') && !handedOn.has(file))
    .flatMap(([file, text]) =>
      [...text.matchAll(/^export (?:abstract |async )*(?:const|function\*?|class) ([\w$]+)/gm)].map(
        ([, name]) => ({ file, name: name! }),
      ),
    );
  expect(exported.length).toBeGreaterThan(1000);
  expect(
    exported
      .filter(({ name }) => files.get(name) === 1)
      .map(({ file, name }) => `${file}: ${name}`),
  ).toEqual([]);
});

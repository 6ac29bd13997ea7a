// What an import costs is told by how many files it opens: each is found, read, compiled and linked.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const dist = new URL('../../dist/', import.meta.url);
const hook = fileURLToPath(new URL('./files.hook.mjs', import.meta.url));

function filesOf(name: string): string[] {
  const program = `import(${JSON.stringify(new URL(name, dist).href)})`;
  const output = execFileSync(process.execPath, ['--import', hook, '-e', program], {
    encoding: 'utf8',
  });
  return output.trim().split('\n');
}

/** The package's namespaces, itself among them. */
function namespacesOf(): number {
  const program = `import(${JSON.stringify(new URL('index.js', dist).href)}).then((torch) => {
    const { isModuleNamespaceObject } = require('node:util').types;
    const found = new Set();
    const visit = (space) => {
      if (!isModuleNamespaceObject(space) || found.has(space)) return;
      found.add(space);
      for (const member of Object.values(space)) visit(member);
    };
    visit(torch);
    console.log(found.size);
  })`;
  return Number(execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' }));
}

test('an import reads few files: two with code, and one for each namespace', () => {
  const files = filesOf('index.js');
  const own = files.filter((file) => file.startsWith(dist.href));
  const names = own.map((file) => file.slice(dist.href.length));
  expect(names).toEqual(expect.arrayContaining(['index.js', 'base.js', 'torch.js', 'nn/index.js']));
  // index.js is the outermost namespace; beside them are the two with code, and the bundler's few lines.
  expect(names.length).toBe(namespacesOf() + 3);
  expect(files.length).toBeLessThanOrEqual(50);
});

test('what looks for libtorch is read without what needs it', () => {
  const files = filesOf('libtorch/find.js');
  expect(files).toContain(new URL('base.js', dist).href);
  expect(files).not.toContain(new URL('torch.js', dist).href);
});

test('namespaces are modules, which nothing can be put into, and names stay as they are written', () => {
  const program = `import(${JSON.stringify(new URL('index.js', dist).href)}).then((torch) => {
    const { nn, optim, data, cuda, getRngState } = torch;
    const spaces = [nn, nn.functional, nn.init, nn.parallel, optim, optim.lrScheduler, data, data.transforms, cuda];
    const modules = spaces.map((space) => require('node:util').types.isModuleNamespaceObject(space));
    const names = [nn.Linear, getRngState, cuda.isAvailable].map(({ name }) => name);
    console.log(JSON.stringify({ modules, names }));
  })`;
  const output = execFileSync(process.execPath, ['-e', program], { encoding: 'utf8' });
  expect(JSON.parse(output)).toEqual({
    modules: Array(9).fill(true),
    names: ['Linear', 'getRngState', 'isAvailable'],
  });
});

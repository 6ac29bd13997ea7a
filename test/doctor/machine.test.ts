import { expect, test } from 'vitest';

import {
  isOlder,
  type MachineFacts,
  machineFacts,
  nodeSection,
  systemSection,
} from '../../lib/doctor/machine.js';

const good: MachineFacts = {
  node: '22.4.0',
  abi: '127',
  platform: 'linux',
  arch: 'x64',
  glibc: '2.36',
  isMusl: false,
  isBuilt: false,
  cpuFlags: new Set(['avx2', 'fma']),
};

const problems = (facts: Partial<MachineFacts>) =>
  systemSection({ ...good, ...facts }, {}).problems.map(({ text, next }) => `${text} → ${next}`);

test('this machine has none of the problems', () => {
  const facts = machineFacts();
  expect(facts).toMatchObject({ platform: 'linux', arch: 'x64', isMusl: false });
  expect(facts.glibc).toMatch(/^2\.\d+$/);
  expect(facts.cpuFlags.has('sse2')).toBe(true);
  expect(systemSection(facts, {}).problems).toEqual([]);
  expect(nodeSection(facts, '^20.15 || >=22.2').problems).toEqual([]);
});

test.each([
  [{ isMusl: true, glibc: undefined }, /musl.*→ use an image with glibc/],
  [{ glibc: '2.17' }, /glibc 2\.17 is too old: .*2\.28.*→ use a newer distribution/],
  [{ arch: 'riscv64' }, /no prebuilt files for linux-riscv64.*→ build from source.*npm run setup/],
  [{ platform: 'darwin' }, /no prebuilt files for darwin-x64.*→ use Linux/],
])('%j is named', (facts, message) => {
  expect(problems(facts)[0]).toMatch(message);
});

test.each([
  ['18.20.4', true],
  ['20.14.0', true],
  ['20.15.0', false],
  ['22.1.0', true],
  ['22.2.0', false],
  ['20.15.0-nightly1', false],
])('Node.js %s is refused: %s', (node, old) => {
  const { problems } = nodeSection({ ...good, node }, '^20.15 || >=22.2');
  expect(problems.length > 0).toBe(old);
  if (old)
    expect(problems[0]!.text).toContain(
      `${node} lacks what this package needs: ^20.15 || >=22.2 is needed`,
    );
});

test('what is compiled on the machine needs nothing prebuilt', () => {
  expect(problems({ arch: 'riscv64', isBuilt: true })).toEqual([]);
  expect(problems({ arch: 'arm64' })).toEqual([]);
});

test('the instruction set follows the processor, or LENET_TORCH_ISA', () => {
  const set = (flags: string[], env = {}) =>
    systemSection({ ...good, cpuFlags: new Set(flags) }, env).facts['instruction set'];
  expect(set([])).toBe('portable');
  expect(set(['avx2', 'fma'])).toBe('avx2');
  const wide = ['avx2', 'fma', 'avx512f', 'avx512bw', 'avx512dq', 'avx512vl'];
  expect(set(wide)).toBe('avx512');
  expect(set(wide.slice(0, -1))).toBe('avx2');
  expect(set(wide, { LENET_TORCH_ISA: 'avx2' })).toBe('avx2 (LENET_TORCH_ISA)');
  const arm = { ...good, arch: 'arm64', cpuFlags: new Set<string>() };
  expect(systemSection(arm, {}).facts['instruction set']).toBe('neon');
});

test('versions compare by numbers', () => {
  expect(isOlder('2.9', '2.28')).toBe(true);
  expect(isOlder('2.28', '2.28')).toBe(false);
  expect(isOlder('2.36', '2.28')).toBe(false);
  expect(isOlder('20', '20.15')).toBe(true);
});

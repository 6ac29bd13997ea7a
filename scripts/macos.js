// `node scripts/macos.js`: compiles native/ for macOS on arm64 and links it with the libraries of PyTorch's own wheel, on
// a machine that is no Mac (ziglang from PyPI), and checks what can be checked there. One line for each check; exit code 1
// where one fails. Nothing of it has ever run on a Mac, so no package has it: docs/install.md.
import fs from 'node:fs';
import path from 'node:path';

import { readArguments } from './arguments.js';
import { pipTool } from './pipTool.js';
import { run } from './run.js';
import { at } from './stamps.js';

const target = 'aarch64-macos.11.0';

function main() {
  const tools = pipTool('macos-tools', ['ziglang==0.17.1', 'lief==1.0.0'], 'ziglang/zig');
  // The newest of the Pythons' wheels will do: what is for Python is not taken from it.
  const wheel = ['--platform', 'macosx_11_0_arm64', '--python-version', '3.12'];
  const torch = pipTool('macos-torch', ['torch==2.11.0'], 'torch/lib/libtorch_cpu.dylib', wheel);
  const libtorch = path.join(torch, 'torch');
  const build = at('build', 'for', 'macos');
  compile({ build, libtorch, zig: path.join(tools, 'ziglang', 'zig') });

  const release = path.join(build, 'Release');
  const binaries = fs.readdirSync(release).map((name) => path.join(release, name));
  binaries.push(path.join(build, 'loader', 'build', 'Release', 'loader.node'));
  const env = { ...process.env, PYTHONPATH: tools };
  const look = (files) =>
    JSON.parse(run('python3', [at('scripts/macos/look.py'), ...files], { env }));
  const folder = path.join(libtorch, 'lib');
  const theirs = fs.readdirSync(folder).filter((name) => name.endsWith('.dylib'));
  const known = new Set(look(theirs.map((name) => path.join(folder, name))).flatMap(needs));
  for (const binary of look(binaries)) {
    const problem = problemOf(binary, known);
    if (problem) process.exitCode = 1;
    const name = path.basename(binary.file);
    console.log(problem ? `FAILED  ${name}: ${problem}` : `ok      ${name}: ${said(binary)}`);
  }
}

function compile({ build, libtorch, zig }) {
  const bin = path.join(build, 'bin');
  fs.mkdirSync(bin, { recursive: true });
  const tool = (name, words) => {
    const file = path.join(bin, name);
    fs.writeFileSync(file, `#!/bin/sh\nexec '${zig}' ${words} "$@"\n`, { mode: 0o755 });
    return file;
  };
  const definitions = {
    CMAKE_BUILD_TYPE: 'Release',
    CMAKE_SYSTEM_NAME: 'Darwin',
    CMAKE_SYSTEM_PROCESSOR: 'arm64',
    CMAKE_OSX_SYSROOT: '',
    CMAKE_CXX_COMPILER: tool('c++', `c++ -target ${target}`),
    CMAKE_AR: tool('ar', 'ar'),
    CMAKE_RANLIB: tool('ranlib', 'ranlib'),
    // CMake wants one on Darwin, and has nothing for it to do here.
    CMAKE_INSTALL_NAME_TOOL: 'true',
    // PyTorch's wheel is compiled by an older clang, which gave templates' instances other names, and runs with the
    // system's libc++, of which macOS 11 has an older one than zig's headers.
    CMAKE_CXX_FLAGS:
      '-fclang-abi-compat=17 -U_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS -D_LIBCPP_HAS_VENDOR_AVAILABILITY_ANNOTATIONS=1',
    // Not zig's libc++ in each library: an exception of libtorch's must be of the same one.
    CMAKE_SHARED_LINKER_FLAGS: '-nostdlib++ -Wl,-undefined,dynamic_lookup',
    CMAKE_JS_INC: at('node_modules/node-api-headers/include'),
    LENET_CUDA_HEADERS: bin,
    LIBTORCH: libtorch,
  };
  const flags = Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`);
  console.error('macos: compiling native/');
  run('cmake', ['-S', at('.'), '-B', build, '-G', 'Ninja', ...flags]);
  run('cmake', ['--build', build]);
}

function needs({ undefinedSymbols }) {
  return undefinedSymbols.map(({ name }) => name);
}

// Of libc++ and libc++abi, and not among what PyTorch's libraries need: from their first versions on, and of macOS 11 the
// last three, by which atomics wait (the headers, told the system, refuse what is newer).
const string = 'St3__112basic_stringIcNS_11char_traitsIcEENS_9allocatorIcEEE';
const stream = 'IcNS_11char_traitsIcEENS_9allocatorIcEEEE';
const always = new Set([
  '__ZdlPvm',
  '__ZdlPvmSt11align_val_t',
  `__ZN${string}C2ERKS5_mmRKS4_`,
  `__ZN${string}21__grow_by_and_replaceEmmmmmmPKc`,
  '__ZTVNSt3__115basic_streambufIcNS_11char_traitsIcEEEE',
  `__ZTVNSt3__115basic_stringbuf${stream}`,
  `__ZTVNSt3__119basic_ostringstream${stream}`,
  `__ZTTNSt3__119basic_ostringstream${stream}`,
  '__ZNSt3__120__libcpp_atomic_waitEPVKvx',
  '__ZNSt3__123__libcpp_atomic_monitorEPVKv',
  '__ZNSt3__123__cxx_atomic_notify_allEPVKv',
]);

function problemOf({ cpu, minimum, isSigned, libraries, undefinedSymbols }, known) {
  if (cpu !== 'ARM64') return `is for ${cpu}`;
  if (minimum !== '11.0') return `needs macOS ${minimum}`;
  if (!isSigned) return 'has no signature, not even one without a name';
  const foreign = libraries.filter((each) => !/^(\/usr\/lib\/|@rpath\/lib(c10|torch))/.test(each));
  if (foreign.length > 0) return `names ${foreign.join(', ')}`;
  const unknown = undefinedSymbols
    .filter(({ library }) => library === null)
    .map(({ name }) => name)
    .filter((name) => !/^_(napi|node_api)_/.test(name) && !known.has(name) && !always.has(name));
  return unknown.length > 0 ? `nothing has ${unknown.join(', ')}` : undefined;
}

function said({ file, undefinedSymbols }) {
  const found = undefinedSymbols.filter(({ library }) => library !== null).length;
  const kilobytes = Math.round(fs.statSync(file).size / 1000);
  return `${kilobytes} KB, signed, ${found} symbols found in libraries, ${undefinedSymbols.length - found} left to the process`;
}

readArguments('node scripts/macos.js', {});
try {
  main();
} catch (error) {
  console.error(`macos: ${error.message}`);
  process.exitCode = 1;
}

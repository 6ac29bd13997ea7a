// The platforms that binaries are made for, each with a package of its own. Uses Node alone.

const cuda = (minor) => [`liblenet_cuda-${minor}.so`, `liblenet_nccl-${minor}.so`];

/** By `process.platform` and `process.arch`; `perMinor` are the files for one minor version of libtorch. */
export const platforms = {
  'linux-x64': {
    cpu: 'x64',
    title: 'Linux on x86-64',
    isas: ['avx2', 'avx512', 'portable'],
    perMinor: (minor) => [...common(minor), ...cuda(minor)],
  },
  'linux-arm64': {
    cpu: 'arm64',
    title: 'Linux on 64-bit ARM',
    isas: ['neon'],
    // Without CUDA's part: no libtorch with CUDA is pinned for it.
    perMinor: (minor) => common(minor),
  },
};

function common(minor) {
  return [`libtorch-${minor}.node`, `liblenet_distributed-${minor}.so`];
}

/** The name of a platform's package. */
export const packageOf = (platform) => `@lenet-torch/${platform}`;

/** The files of a complete package, for libtorch's minor versions. */
export function prebuiltFiles(platform, minors) {
  const { perMinor, isas } = platforms[platform];
  return [
    'loader.glibc.node',
    ...minors.flatMap(perMinor),
    ...isas.map((isa) => `liblenet_fused_${isa}.so`),
  ];
}

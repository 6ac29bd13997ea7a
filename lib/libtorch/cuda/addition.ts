import type { Wheel } from '../version.js';

/** What a release needs beyond its CPU part to run on NVIDIA's GPUs. */
export interface CudaAddition {
  /** NVIDIA's wheels that torch's own METADATA names, but for those of the CPU part. */
  readonly wheels: readonly Wheel[];
  /** Bytes of the unpacked libraries, those for the CPU included. */
  readonly unpackedSize: number;
}

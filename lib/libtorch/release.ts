/** One wheel on PyPI, pinned to its exact bytes. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  readonly file: string;
  readonly sha256: string;
  /** Bytes to download. */
  readonly size: number;
}

/** What an NVIDIA machine needs for a release's CUDA libraries. */
export interface CudaNeeds {
  /** The CUDA version that the wheels bring. */
  readonly version: string;
  /** The oldest driver, by its major version, that runs them. */
  readonly driver: number;
}

/** What pip fetches for one libtorch version, and the disk it needs. */
export interface Release {
  readonly version: string;
  /** The interpreter whose torch wheel is pinned; libtorch inside is the same for all of them. */
  readonly python: string;
  readonly wheels: readonly Wheel[];
  /** Bytes of the unpacked libraries. */
  readonly unpackedSize: number;
  /** Bytes of the unpacked headers, rounded up to blocks. */
  readonly headersSize: number;
  /** Absent: it has no pinned wheels for CUDA. Those are in cudaWheels.ts, which import does not load. */
  readonly cuda?: CudaNeeds;
}

import type { Tensor } from '../tensor.js';

declare const generatorBrand: unique symbol;
/** A native generator; opaque to JavaScript. */
export interface NativeGenerator {
  readonly [generatorBrand]: true;
}

/** Generators of random numbers. */
export interface RandomExports {
  newGenerator(cudaIndex?: number): NativeGenerator;
  defaultGenerator(cudaIndex?: number): NativeGenerator;
  generatorDevice(generator: NativeGenerator): string;
  seedGenerator(generator: NativeGenerator, seed: number | bigint): void;
  initialSeed(generator: NativeGenerator): bigint;
  generatorState(generator: NativeGenerator): Tensor;
  setGeneratorState(generator: NativeGenerator, state: Tensor): void;
  manualSeed(seed: number | bigint): void;
}

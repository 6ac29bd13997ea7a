import { type Pair, toPair } from '../argument/kind.js';
import { LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from './layers/activation.js';
import { Conv2d } from './layers/conv.js';
import { Dropout } from './layers/dropout.js';
import { Flatten } from './layers/flatten.js';
import { Linear } from './layers/linear.js';
import { BatchNorm2d } from './layers/normalization.js';
import { AvgPool2d, MaxPool2d } from './layers/pooling.js';
import { Identity } from './module/container.js';
import type { Module } from './module/module.js';
import { PartialConv2d } from './paper/partialConv.js';
import { EuclideanRBF } from './paper/rbf.js';
import { TrainableSubsampling } from './paper/subsampling.js';

/** What a layer computes for one example. */
export interface Arithmetic {
  /** Inputs and biases that its output units are connected to, summed over the units. */
  readonly connections: number;
  /** Multiplications whose product is added to something; adding a bias or comparing is none. */
  readonly multiplyAdds: number;
}

const area = (size: Pair): number => {
  const [height, width] = toPair(size);
  return height * width;
};

const one = (bias: unknown): number => (bias === null ? 0 : 1);

type Rule<M extends Module> = (layer: M, units: number) => readonly [number, number];

// biome-ignore lint/suspicious/noExplicitAny: layers differ in what their constructors take
type Layer<M extends Module> = new (...args: any[]) => M;

const rules: (readonly [Layer<Module>, Rule<Module>])[] = [];

// Connections and multiply-adds of a layer with so many output units.
function rule<M extends Module>(layers: readonly Layer<M>[], count: Rule<M>): void {
  for (const layer of layers) rules.push([layer, count as Rule<Module>]);
}

rule([Conv2d], ({ inChannels, groups, kernelSize, bias }, units) => {
  const inputs = (inChannels / groups) * area(kernelSize);
  return [units * (inputs + one(bias)), units * inputs];
});
rule([PartialConv2d], ({ weight, outChannels, bias }, units) => {
  // The weights of all channels together are used once at each position.
  const positions = units / outChannels;
  const products = positions * weight.numel();
  return [products + units * one(bias), products];
});
rule([Linear], ({ inFeatures, bias }, units) => [
  units * (inFeatures + one(bias)),
  units * inFeatures,
]);
rule([TrainableSubsampling], ({ kernelSize }, units) => [units * (area(kernelSize) + 1), units]);
rule([EuclideanRBF], ({ inFeatures }, units) => [units * inFeatures, units * inFeatures]);
rule<MaxPool2d | AvgPool2d>([MaxPool2d, AvgPool2d], ({ kernelSize }, units) => [
  units * area(kernelSize),
  0,
]);
rule([BatchNorm2d], (_, units) => [units * 2, units]);
// These only change the units before them, one by one, or stand them in another order.
rule<Module>([Sigmoid, Tanh, ReLU, Softmax, LogSoftmax, Dropout, Flatten, Identity], () => [0, 0]);

/**
 * What a layer of this package computes; `undefined` for another module.
 *
 * @param units - Elements of its output for one example.
 */
export function arithmeticOf(layer: Module, units: number): Arithmetic | undefined {
  const found = rules.find(([type]) => layer instanceof type);
  if (found === undefined) return undefined;
  const [connections, multiplyAdds] = found[1](layer, units);
  return { connections, multiplyAdds };
}

/** Whether a layer's output in evaluation is its input, or a view of it. */
export function takesNoMemory(layer: Module): boolean {
  const isView = [Flatten, Identity, Dropout].some((type) => layer instanceof type);
  return isView || (layer instanceof ReLU && layer.inplace);
}

// What the calls are made with.
import * as torch from '../../../lib/index.js';

// biome-ignore lint/suspicious/noExplicitAny: whatever is given in the place of options
export type Call = (options: any) => unknown;

/** Right calls of functions, but for their options; with some, options that they need. */
export type Calls = Record<string, Call | readonly [Call, needed: object]>;

export const x = () => torch.ones(2, 3);
export const sequence = () => torch.ones(3, 1, 4);
export const image = () => torch.rand(1, 1, 28, 28);
export const volume = (dimensions: number) => torch.rand([1, 1, ...new Array(dimensions).fill(4)]);
export const label = () => torch.tensor([1n]);
export const parameter = () => [new torch.nn.Parameter(torch.ones(2))];

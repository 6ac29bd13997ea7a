import { atMost } from '../../argument/atMost.js';
import { filler } from '../../argument/kind.js';
import { type Dimensions, type Sides, sides } from '../../argument/sizes.js';
import { invalidArgument } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { type PadMode, pad } from '../functional/padding.js';
import { type LayerClass, layer, type With } from '../layer.js';

const declare = <D extends Dimensions>(dimensions: D) => ({
  args: {
    /** Elements on all sides, or on each: `[left, right, top, bottom, front, back]`; negative ones are cut off. */
    padding: sides(dimensions),
  },
  repr: '{padding}',
});

type Declared<D extends Dimensions> = ReturnType<typeof declare<D>>;
type None = Record<never, never>;

/** What layers have in common that add elements around. */
export interface Padding {
  forward(input: Tensor): Tensor;
}

function padding<D extends Dimensions>(
  name: string,
  dimensions: D,
  mode: PadMode,
): With<LayerClass<Declared<D>['args'], None, None>, Padding> {
  abstract class PaddingLayer
    extends layer(name, declare<Dimensions>(dimensions))
    implements Padding
  {
    forward(input: Tensor): Tensor {
      atMost(`${name}.forward`, 1, arguments.length);
      if (mode === 'circular') requireDimensions(name, input, dimensions);
      return pad(input, this.padding, mode);
    }
  }
  return PaddingLayer as unknown as With<LayerClass<Declared<D>['args'], None, None>, Padding>;
}

// As Python does for this mode alone.
function requireDimensions(name: string, input: Tensor, dimensions: Dimensions): void {
  const { ndim } = tensorKind.read(`${name}: input`, input);
  if (ndim === dimensions + 1 || ndim === dimensions + 2) return;
  throw invalidArgument(
    `${name}: input: expected ${dimensions + 1} or ${dimensions + 2} dimensions, got ${ndim}`,
  );
}

const declareConstant = <D extends Dimensions>(dimensions: D) => ({
  args: {
    ...declare(dimensions).args,
    /** What is added. */
    value: filler,
  },
  repr: 'padding={padding}, value={value}',
});

type DeclaredConstant<D extends Dimensions> = ReturnType<typeof declareConstant<D>>;

function constantPadding<D extends Dimensions>(
  name: string,
  dimensions: D,
): With<LayerClass<DeclaredConstant<D>['args'], None, None>, Padding> {
  abstract class Constant
    extends layer(name, declareConstant<Dimensions>(dimensions))
    implements Padding
  {
    forward(input: Tensor): Tensor {
      atMost(`${name}.forward`, 1, arguments.length);
      return pad(input, this.padding, 'constant', this.value);
    }
  }
  return Constant as unknown as With<LayerClass<DeclaredConstant<D>['args'], None, None>, Padding>;
}

/**
 * Adds elements of one value around; mirrors `torch.nn.ConstantPad1d`. Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad1d.html
 * @example
 * new nn.ConstantPad1d([1, 2], 9).forward(torch.tensor([[1, 2]])); // → tensor([[9., 1., 2., 9., 9.]])
 */
export class ConstantPad1d extends constantPadding('ConstantPad1d', 1) {
  constructor(padding: Sides<1>, value: number);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds elements of one value around; mirrors `torch.nn.ConstantPad2d`. Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad2d.html
 * @example
 * const pad = new nn.ConstantPad2d([1, 0, 0, 1], 9); // left, right, top, bottom
 * pad.forward(torch.tensor([[[1, 2]]])); // → tensor([[[9., 1., 2.], [9., 9., 9.]]])
 */
export class ConstantPad2d extends constantPadding('ConstantPad2d', 2) {
  constructor(padding: Sides<2>, value: number);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds elements of one value around; mirrors `torch.nn.ConstantPad3d`. Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ConstantPad3d.html
 * @example
 * const pad = new nn.ConstantPad3d([0, 0, 0, 0, 1, 0], 9); // before the first plane
 * pad.forward(torch.ones(1, 1, 1, 2)); // → tensor([[[[9., 9.]], [[1., 1.]]]])
 */
export class ConstantPad3d extends constantPadding('ConstantPad3d', 3) {
  constructor(padding: Sides<3>, value: number);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds zeros around; mirrors `torch.nn.ZeroPad1d`. Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad1d.html
 * @example
 * new nn.ZeroPad1d(1).forward(torch.tensor([[1, 2]])); // → tensor([[0., 1., 2., 0.]])
 */
export class ZeroPad1d extends padding('ZeroPad1d', 1, 'constant') {
  constructor(padding: Sides<1>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds zeros around; mirrors `torch.nn.ZeroPad2d`. Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad2d.html
 * @example
 * new nn.ZeroPad2d([1, 0, 1, 0]).forward(torch.tensor([[[1, 2]]])); // → tensor([[[0., 0., 0.], [0., 1., 2.]]])
 */
export class ZeroPad2d extends padding('ZeroPad2d', 2, 'constant') {
  constructor(padding: Sides<2>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds zeros around; mirrors `torch.nn.ZeroPad3d`. Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ZeroPad3d.html
 * @example
 * new nn.ZeroPad3d([1, 1, 0, 0, 2, 2]).forward(torch.ones(1, 3, 4, 5)).shape; // → [ 1, 7, 4, 7 ]
 */
export class ZeroPad3d extends padding('ZeroPad3d', 3, 'constant') {
  constructor(padding: Sides<3>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the elements before the edge around, mirrored; mirrors `torch.nn.ReflectionPad1d`. Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad1d.html
 * @example
 * new nn.ReflectionPad1d([2, 1]).forward(torch.tensor([[1, 2, 3]])); // → tensor([[3., 2., 1., 2., 3., 2.]])
 */
export class ReflectionPad1d extends padding('ReflectionPad1d', 1, 'reflect') {
  constructor(padding: Sides<1>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the elements before the edge around, mirrored; mirrors `torch.nn.ReflectionPad2d`. Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad2d.html
 * @example
 * const pad = new nn.ReflectionPad2d([1, 0, 1, 0]); // left, right, top, bottom
 * pad.forward(torch.tensor([[[1, 2], [3, 4]]])); // → tensor([[[4., 3., 4.], [2., 1., 2.], [4., 3., 4.]]])
 */
export class ReflectionPad2d extends padding('ReflectionPad2d', 2, 'reflect') {
  constructor(padding: Sides<2>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the elements before the edge around, mirrored; mirrors `torch.nn.ReflectionPad3d`. Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ReflectionPad3d.html
 * @example
 * new nn.ReflectionPad3d(1).forward(torch.zeros(1, 2, 3, 4)).shape; // → [ 1, 4, 5, 6 ]
 */
export class ReflectionPad3d extends padding('ReflectionPad3d', 3, 'reflect') {
  constructor(padding: Sides<3>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the edge around; mirrors `torch.nn.ReplicationPad1d`. Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad1d.html
 * @example
 * new nn.ReplicationPad1d([2, 1]).forward(torch.tensor([[1, 2, 3]])); // → tensor([[1., 1., 1., 2., 3., 3.]])
 */
export class ReplicationPad1d extends padding('ReplicationPad1d', 1, 'replicate') {
  constructor(padding: Sides<1>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the edge around; mirrors `torch.nn.ReplicationPad2d`. Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad2d.html
 * @example
 * const pad = new nn.ReplicationPad2d([1, 0, 1, 0]); // left, right, top, bottom
 * pad.forward(torch.tensor([[[1, 2], [3, 4]]])); // → tensor([[[1., 1., 2.], [1., 1., 2.], [3., 3., 4.]]])
 */
export class ReplicationPad2d extends padding('ReplicationPad2d', 2, 'replicate') {
  constructor(padding: Sides<2>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the edge around; mirrors `torch.nn.ReplicationPad3d`. Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ReplicationPad3d.html
 * @example
 * const pad = new nn.ReplicationPad3d([1, 0, 0, 0, 0, 1]); // left, and after the last plane
 * pad.forward(torch.tensor([[[[1, 2]]]])); // → tensor([[[[1., 1., 2.]], [[1., 1., 2.]]]])
 */
export class ReplicationPad3d extends padding('ReplicationPad3d', 3, 'replicate') {
  constructor(padding: Sides<3>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the elements of the other side around; mirrors `torch.nn.CircularPad1d`. Shape: `(N, C, L)` or `(C, L)` → `(N, C, Lout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad1d.html
 * @example
 * new nn.CircularPad1d([2, 1]).forward(torch.tensor([[1, 2, 3]])); // → tensor([[2., 3., 1., 2., 3., 1.]])
 */
export class CircularPad1d extends padding('CircularPad1d', 1, 'circular') {
  constructor(padding: Sides<1>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the elements of the other side around; mirrors `torch.nn.CircularPad2d`. Shape: `(N, C, H, W)` or `(C, H, W)` → `(N, C, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad2d.html
 * @example
 * const pad = new nn.CircularPad2d([1, 0, 1, 0]); // left, right, top, bottom
 * pad.forward(torch.tensor([[[1, 2], [3, 4]]])); // → tensor([[[4., 3., 4.], [2., 1., 2.], [4., 3., 4.]]])
 */
export class CircularPad2d extends padding('CircularPad2d', 2, 'circular') {
  constructor(padding: Sides<2>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

/**
 * Adds the elements of the other side around; mirrors `torch.nn.CircularPad3d`. Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → `(N, C, Dout, Hout, Wout)`.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.CircularPad3d.html
 * @example
 * const pad = new nn.CircularPad3d([0, 1, 0, 0, 0, 0]);
 * pad.forward(torch.tensor([[[[1, 2, 3]]]])); // → tensor([[[[1., 2., 3., 1.]]]])
 */
export class CircularPad3d extends padding('CircularPad3d', 3, 'circular') {
  constructor(padding: Sides<3>);
  constructor(...given: unknown[]) {
    super(...given);
  }
}

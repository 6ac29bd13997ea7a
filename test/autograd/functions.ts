// The same operations with a backward of their own as in scripts/recording/autograd.py.
import * as torch from '../../lib/index.js';

type Tensor = torch.Tensor;
type Context = torch.autograd.FunctionContext;
const { Function } = torch.autograd;

export class Exp extends Function {
  static forward(context: Context, x: Tensor): Tensor {
    const y = x.exp();
    context.saveForBackward(y);
    return y;
  }
  static backward(context: Context, gradient: Tensor): Tensor {
    return gradient.mul(context.savedTensors[0]!);
  }
}

export class Cube extends Function {
  static forward(context: Context, x: Tensor): Tensor {
    context.saveForBackward(x);
    return x.pow(3);
  }
  static backward(context: Context, gradient: Tensor): Tensor {
    return gradient.mul(3).mul(context.savedTensors[0]!.pow(2));
  }
}

export class Scale extends Function {
  static forward(
    context: Context,
    x: Tensor,
    factor: number,
    w: Tensor,
  ): [Tensor, Tensor, string, Tensor] {
    context.factor = factor;
    context.saveForBackward(x, w, null);
    return [x.mul(factor).mul(w), x.add(w), 'text', x.gt(0).long()];
  }
  static backward(context: Context, g: Tensor, h: Tensor, text: unknown, i: Tensor): unknown[] {
    const [x, w, nothing] = context.savedTensors;
    if (text !== null || nothing !== null || i.dtype !== 'int64') throw new Error('Scale');
    const [needsX, , needsW] = context.needsInputGrad;
    return [
      needsX ? g.mul(context.factor).mul(w!).add(h) : null,
      null,
      needsW ? g.mul(context.factor).mul(x!).add(h) : null,
      null,
    ];
  }
}

export class Sparing extends Function {
  static forward(context: Context, x: Tensor): Tensor[] {
    context.setMaterializeGrads(false);
    return [x.mul(2), x.mul(3)];
  }
  static backward(_context: Context, a: Tensor | null, b: Tensor | null): Tensor {
    return a === null ? b!.mul(3) : a.mul(2);
  }
}

export class Doubled extends Function {
  static forward(context: Context, x: Tensor): Tensor {
    context.markDirty(x);
    return x.mul_(2);
  }
  static backward(_context: Context, gradient: Tensor): Tensor {
    return gradient.mul(2);
  }
}

export class SetUp extends Function {
  static forward(x: Tensor, n: number): Tensor {
    return x.sin().mul(n);
  }
  static setupContext(context: Context, inputs: [x: Tensor, n: number], _output: Tensor): void {
    context.n = inputs[1];
    context.saveForBackward(inputs[0]);
  }
  static backward(context: Context, gradient: Tensor): [Tensor, null] {
    return [gradient.mul(context.savedTensors[0]!.cos()).mul(context.n), null];
  }
}

export class Through extends Function {
  static forward(context: Context, x: Tensor, y: Tensor): Tensor[] {
    context.markNonDifferentiable(y);
    return [x, y];
  }
  static backward(_context: Context, g: Tensor, _h: Tensor): (Tensor | null)[] {
    return [g.mul(5), null];
  }
}

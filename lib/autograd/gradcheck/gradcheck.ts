import { atMost } from '../../argument/atMost.js';
import { anything, callback, flag, number } from '../../argument/kind.js';
import { readOptions, type ValuesOf } from '../../argument/options.js';
import { requireSynchronous } from '../../context/synchronous.js';
import { invalidArgument, TorchError } from '../../error.js';
import { rand, Tensor, zerosLike } from '../../tensor/index.js';
import { grad } from '../grad.js';
import { analytical, type Jacobians, numerical } from './jacobians.js';
import { UndefinedGrad } from './undefinedGrad.js';

/** A function of tensors and other values, that gives a tensor or a list. */
// biome-ignore lint/suspicious/noExplicitAny: as many arguments as there are inputs
export type Checked = (...inputs: any[]) => unknown;

/** Options of {@link gradcheck}. */
export interface GradcheckOptions {
  /** By how much each element is changed, up and down. Default 1e-6. */
  eps?: number;
  /** Absolute tolerance. Default 1e-5. */
  atol?: number;
  /** Relative tolerance. Default 1e-3. */
  rtol?: number;
  /** Whether a gradient that is wrong is an error, in place of `false`. Default true. */
  raiseException?: boolean;
  /** By how much two passes may differ. Default 0. */
  nondetTol?: number;
  /** Whether outputs are tried that nothing came of. Default true. */
  checkUndefinedGrad?: boolean;
  /** Whether gradients must have the dtypes of the inputs. Default false. */
  checkGradDtypes?: boolean;
}

const spec = {
  eps: number(Number.MIN_VALUE).or(1e-6),
  atol: number(0).or(1e-5),
  rtol: number(0).or(1e-3),
  raiseException: flag.or(true),
  nondetTol: number(0).or(0),
  checkUndefinedGrad: flag.or(true),
  checkGradDtypes: flag.or(false),
};

type Settings = ValuesOf<typeof spec>;

const wrong = (sentence: string, cause?: unknown): TorchError =>
  new TorchError('ERR_GRADCHECK', `gradcheck: ${sentence}`, cause === undefined ? {} : { cause });

const isRecorded = (tensor: Tensor): boolean => tensor.requiresGrad;
const isFloat = (tensor: Tensor): boolean => /^(b?float|complex)/.test(tensor.dtype);

// The tensors among the inputs whose gradients are looked at.
function differentiated(what: string, inputs: readonly unknown[]): Tensor[] {
  const tensors = inputs.filter((each): each is Tensor => each instanceof Tensor);
  const wanted = tensors.filter(isRecorded);
  if (wanted.length === 0) {
    throw invalidArgument(`${what}: inputs: expected at least one Tensor that requires gradients`);
  }
  for (const input of wanted) {
    if (!/^float/.test(input.dtype)) {
      throw invalidArgument(`${what}: inputs: expected float64, got ${input.dtype}`);
    }
    if (input.shape.some((size, i) => size > 1 && input.strides[i] === 0)) {
      throw invalidArgument(`${what}: inputs: expected no elements that share their memory`);
    }
  }
  if (wanted.some(({ dtype }) => dtype !== 'float64')) {
    process.emitWarning(
      `${what}: an input is not float64: the comparison may fail for its rounding`,
      {
        type: 'TorchWarning',
      },
    );
  }
  return wanted;
}

function outputsOf(func: Checked, inputs: readonly unknown[]): Tensor[] {
  const given = requireSynchronous('gradcheck: func', func(...inputs));
  const all: unknown[] = Array.isArray(given) ? given : [given];
  const outputs = all.filter((each): each is Tensor => each instanceof Tensor);
  if (outputs.some(({ dtype }) => dtype.startsWith('complex'))) {
    throw invalidArgument('gradcheck: func: complex outputs are not looked at here');
  }
  return outputs;
}

function requireEqual(found: Jacobians, wanted: Jacobians, { rtol, atol }: Settings): void {
  for (const [i, row] of wanted.entries()) {
    for (const [j, numerical] of row.entries()) {
      const analytical = found[i]![j]!;
      if (analytical.allclose(numerical.to(analytical.dtype), { rtol, atol })) continue;
      throw wrong(
        `the gradients of output ${j} with respect to input ${i} are wrong.\nNumerically:\n${numerical}\nBy backward:\n${analytical}`,
      );
    }
  }
}

function requireZeros(
  func: Checked,
  inputs: readonly unknown[],
  into: Tensor[],
  eps: number,
): void {
  const found = numerical(() => outputsOf(func, inputs).filter(isFloat), into, eps);
  if (found.flat().every((each) => each.eq(0).all().item())) return;
  throw wrong('no output requires gradients, but numerically they depend on the inputs');
}

function requireSame(
  outputs: readonly Tensor[],
  into: readonly Tensor[],
  settings: Settings,
): Jacobians {
  const look = (input: Tensor, gradient: Tensor): void => {
    if (String(gradient.shape) !== String(input.shape)) {
      throw wrong(`a gradient has the shape [${gradient.shape}], its input [${input.shape}]`);
    }
    if (settings.checkGradDtypes && gradient.dtype !== input.dtype) {
      throw wrong(`a gradient is ${gradient.dtype}, its input ${input.dtype}`);
    }
  };
  const first = analytical(outputs, into, look);
  const second = analytical(outputs, into, look);
  for (const [i, row] of first.entries()) {
    for (const [j, each] of row.entries()) {
      if (each.numel() === 0) continue;
      if (Number(each.sub(second[i]![j]!).abs().max().item()) <= settings.nondetTol) continue;
      throw wrong(`two passes from output ${j} give different gradients of input ${i}`);
    }
  }
  return first;
}

// Zeros times whatever: a backward that does not multiply by what it is given is found so.
function requireProduct(outputs: readonly Tensor[], into: readonly Tensor[]): void {
  const gradOutputs = outputs.map((each) => zerosLike(each));
  const found = grad(outputs, into, { gradOutputs, retainGraph: true, allowUnused: true });
  for (const [i, gradient] of found.entries()) {
    if (gradient === null || gradient.eq(0).all().item()) continue;
    throw wrong(`the gradient of input ${i} is not zero where those of the outputs are`);
  }
}

function requireUndefined(
  func: Checked,
  inputs: readonly unknown[],
  into: readonly Tensor[],
): void {
  const count = outputsOf(func, inputs).filter(isRecorded).length;
  const all = Array.from({ length: count }, (_, i) => i);
  for (const missing of count > 1 ? [all, ...all.map((i) => [i])] : [all]) {
    const outputs = outputsOf(func, inputs)
      .filter(isRecorded)
      .map((each, i) => (missing.includes(i) ? UndefinedGrad.apply(each) : each));
    let found: (Tensor | null)[];
    try {
      const gradOutputs = outputs.map((each) => zerosLike(each));
      found = grad(outputs, into, { gradOutputs, allowUnused: true });
    } catch (error) {
      throw wrong(
        `backward fails for outputs that nothing came of: ${(error as Error).message}`,
        error,
      );
    }
    for (const [i, gradient] of found.entries()) {
      if (gradient === null || gradient.eq(0).all().item()) continue;
      throw wrong(`the gradient of input ${i} is not zero where nothing came of the outputs`);
    }
  }
}

function check(func: Checked, inputs: readonly unknown[], settings: Settings): void {
  const into = differentiated('gradcheck', inputs);
  if (!outputsOf(func, inputs).some(isRecorded)) {
    requireZeros(func, inputs, into, settings.eps);
    return;
  }
  const differentiable = (): Tensor[] => outputsOf(func, inputs).filter(isRecorded);
  const wanted = numerical(differentiable, into, settings.eps);
  const outputs = differentiable();
  requireEqual(requireSame(outputs, into, settings), wanted, settings);
  requireProduct(outputs, into);
  if (settings.checkUndefinedGrad) requireUndefined(func, inputs, into);
}

/**
 * Compares gradients by backward passes with those by small changes of the inputs; mirrors `torch.autograd.gradcheck`
 * for real tensors. Inputs should be float64.
 *
 * @param func - Gives a tensor or a list of them.
 * @param inputs - What it is called with: a tensor or a list, other values too. Tensors that require gradients are
 *   changed meanwhile.
 * @returns Whether they agree: `false` only without `raiseException`.
 * @throws {TorchError} `ERR_GRADCHECK` where they do not, with both; where two passes differ, where a gradient is not
 *   a product with that of the output, or where outputs that nothing came of are not coped with.
 * @throws {TypeError} `ERR_INVALID_ARG` where no input requires gradients, or for complex tensors.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
 * @example
 * const x = torch.rand([3], { dtype: 'float64', requiresGrad: true });
 * torch.autograd.gradcheck((given: torch.Tensor) => given.sin(), x); // → true
 */
export function gradcheck(func: Checked, inputs: unknown, options?: GradcheckOptions): boolean {
  atMost('gradcheck', 3, arguments.length);
  const settings = readOptions('gradcheck', spec, options);
  callback().read('gradcheck: func', func);
  return ends(settings, () => check(func, Array.isArray(inputs) ? inputs : [inputs], settings));
}

function ends({ raiseException }: Settings, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    const isWrong = error instanceof TorchError && error.code === 'ERR_GRADCHECK';
    if (raiseException || !isWrong) throw error;
    return false;
  }
}

/** Options of {@link gradgradcheck}. */
export interface GradgradcheckOptions extends GradcheckOptions {
  /** Gradients of the outputs. Default: random numbers between −1 and 1. */
  gradOutputs?: Tensor | readonly Tensor[];
}

const secondSpec = {
  ...spec,
  gradOutputs: anything<Tensor | readonly Tensor[]>('a Tensor or a list of them').optional(),
};

/**
 * The same for gradients of gradients; mirrors `torch.autograd.gradgradcheck`: {@link gradcheck} of the function that
 * gives a function's gradients for its inputs and the gradients of its outputs.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` where no input requires gradients, for other dtypes than float64, and for complex
 *   outputs.
 * @example
 * const x = torch.rand([3], { dtype: 'float64', requiresGrad: true });
 * torch.autograd.gradgradcheck((given: torch.Tensor) => given.pow(3), x); // → true
 */
export function gradgradcheck(
  func: Checked,
  inputs: unknown,
  options?: GradgradcheckOptions,
): boolean {
  atMost('gradgradcheck', 3, arguments.length);
  const { gradOutputs, ...settings } = readOptions('gradgradcheck', secondSpec, options);
  callback().read('gradgradcheck: func', func);
  const given: readonly unknown[] = Array.isArray(inputs) ? inputs : [inputs];
  differentiated('gradgradcheck', given);
  const random = (like: Tensor): Tensor =>
    rand(like.shape, { dtype: like.dtype }).to(like.device).mul(2).sub(1).requiresGrad_();
  const outputs = outputsOf(func, given).filter(isRecorded);
  const by = gradOutputs === undefined ? outputs.map(random) : ([gradOutputs].flat() as Tensor[]);
  const gradients = (...all: unknown[]): Tensor[] => {
    const own = all.slice(0, given.length);
    const into = own.filter((each): each is Tensor => each instanceof Tensor && each.requiresGrad);
    const outputs = outputsOf(func, own).filter(isRecorded);
    const found = grad(outputs, into, {
      gradOutputs: all.slice(given.length) as Tensor[],
      createGraph: true,
      allowUnused: true,
    });
    return found.filter((each): each is Tensor => each !== null);
  };
  return ends(settings, () => check(gradients, [...given, ...by], settings));
}

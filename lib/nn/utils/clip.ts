import { Signature } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { flag, Kind, number, orNull } from '../../argument/kind.js';
import { noGrad } from '../../context/autograd.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import { stack, Tensor, tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { tidy } from '../../tensor/scope.js';

/** One tensor, or several. */
export type Tensors = Tensor | Iterable<Tensor>;

const vectorNorm = bind<(input: Tensor, ord: number) => Tensor>('linalg_vector_norm');
const foreachNorm =
  bind<(tensors: readonly Tensor[], ord: number) => Tensor[]>('_foreach_norm.Scalar');
const foreachMul =
  bind<(tensors: readonly Tensor[], other: Tensor) => void>('_foreach_mul_.Tensor');

/** Tensors, as a list. */
export const tensorsKind = new Kind<Tensors, Tensor[]>('a Tensor or a list of them', (given) => {
  if (given instanceof Tensor) return [given];
  if (typeof (given as Iterable<unknown> | null)?.[Symbol.iterator] !== 'function')
    return undefined;
  const list = [...(given as Iterable<unknown>)];
  return list.every((each) => each instanceof Tensor) ? (list as Tensor[]) : undefined;
});

const foreach = {
  /** Whether a GPU gets all tensors in one call. Default `null`: where it can. */
  foreach: orNull(flag).or(null),
};

const finite = {
  /** Whether a norm that is NaN or infinite is an error. Default false. */
  errorIfNonfinite: flag.or(false),
  ...foreach,
};

/** Options of the functions here. */
export interface ForeachOptions {
  /** Whether a GPU gets all tensors in one call. Default `null`: where it can. */
  foreach?: boolean | null;
}

/** Options of {@link clipGradNorm_} and {@link getTotalNorm}. */
export interface ClipNormOptions extends ForeachOptions {
  /** Which norm: `Infinity` for the largest element. Default 2. */
  normType?: number;
  /** Whether a norm that is NaN or infinite is an error. Default false. */
  errorIfNonfinite?: boolean;
}

interface Finite {
  readonly errorIfNonfinite: boolean;
  readonly foreach: boolean | null;
}

const isOnGpu = (tensors: readonly Tensor[], foreach: boolean | null): boolean =>
  foreach !== false && tensors.every(({ deviceName }) => deviceName.startsWith('cuda'));

function* groups(tensors: readonly Tensor[]): Generator<Tensor[]> {
  const found = new Map<string, Tensor[]>();
  for (const each of tensors) {
    const key = `${each.deviceName} ${each.dtype}`;
    found.set(key, [...(found.get(key) ?? []), each]);
  }
  yield* found.values();
}

// As in Python, where the operator says it.
function requireDense(what: string, tensors: readonly Tensor[]): void {
  if (tensors.every(({ layout }) => layout === 'strided')) return;
  throw invalidArgument(
    `${what}: expected dense gradients, got a sparse one; clipGradsWithNorm_ scales those by a norm that is known`,
  );
}

function totalNorm(
  what: string,
  tensors: readonly Tensor[],
  normType: number,
  { errorIfNonfinite, foreach }: Finite,
): Tensor {
  const [first] = tensors;
  if (first === undefined) return tensor(0, { dtype: 'float32' });
  requireDense(what, tensors);
  return noGrad(() =>
    tidy(() => {
      const norms = [...groups(tensors)].flatMap((group) =>
        isOnGpu(group, foreach)
          ? foreachNorm(group, normType)
          : group.map((each) => vectorNorm(each, normType)),
      );
      const total = vectorNorm(stack(norms.map((norm) => norm.to(first.device))), normType);
      if (errorIfNonfinite && !Number.isFinite(Number(total.item()))) {
        throw invalidArgument(
          `${what}: the total norm of order ${normType} is ${total.item()}, so it cannot be clipped; ` +
            'errorIfNonfinite: false scales by it anyway',
        );
      }
      return total;
    }),
  );
}

const gradsOf = (parameters: readonly Tensor[]): Tensor[] =>
  parameters.map(({ grad }) => grad).filter((grad) => grad !== null);

function scale(
  parameters: readonly Tensor[],
  maxNorm: number,
  norm: Tensor,
  foreach: boolean | null,
): void {
  noGrad(() =>
    tidy(() => {
      const factor = tensor(maxNorm, { dtype: norm.dtype, device: norm.device })
        .div(norm.add(1e-6))
        .clamp({ max: 1 });
      for (const group of groups(gradsOf(parameters))) {
        const there = factor.to(group[0]!.device);
        if (isOnGpu(group, foreach)) foreachMul(group, there);
        else for (const grad of group) grad.mul_(there);
      }
    }),
  );
}

const totalNormSignature = new Signature(
  'getTotalNorm',
  { tensors: tensorsKind, normType: number().or(2) },
  finite,
);

/**
 * The norm of several tensors as if they were one; mirrors `torch.nn.utils.get_total_norm`. Any shapes → a number.
 *
 * @param normType - `Infinity` for the largest element. Default 2.
 * @throws {TypeError} `ERR_INVALID_ARG` where `errorIfNonfinite` asks for it, and for sparse tensors.
 * @example
 * nn.utils.getTotalNorm([torch.tensor([3]), torch.tensor([0, 4])]); // → tensor(5.)
 * nn.utils.getTotalNorm([torch.tensor([3]), torch.tensor([0, 4])], Infinity); // → tensor(4.)
 */
export function getTotalNorm(
  tensors: Tensors,
  normType?: number | ClipNormOptions,
  options?: Omit<ClipNormOptions, 'normType'>,
): Tensor {
  atMost('getTotalNorm', 3, arguments.length);
  const args = { tensors: [] as Tensor[], normType: 2 };
  const given = options === undefined ? [tensors, normType] : [tensors, normType, options];
  const read = totalNormSignature.read(given, args);
  return totalNorm('getTotalNorm', args.tensors, args.normType, read);
}

const clipNormSignature = new Signature(
  'clipGradNorm_',
  { parameters: tensorsKind, maxNorm: number(), normType: number().or(2) },
  finite,
);

/**
 * Scales gradients so that their norm, all taken as one, is at most `maxNorm`; mirrors `torch.nn.utils.clip_grad_norm_`.
 *
 * @param normType - `Infinity` for the largest element. Default 2.
 * @returns The norm that they had.
 * @throws {TypeError} `ERR_INVALID_ARG` where `errorIfNonfinite` asks for it, and for sparse gradients; nothing is scaled then.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.clip_grad_norm_.html
 * @example
 * const w = new nn.Parameter(torch.ones(2));
 * w.mul(torch.tensor([3, 4])).sum().backward();
 * nn.utils.clipGradNorm_(w, 1); // → tensor(5.)
 * w.grad; // → tensor([0.6000, 0.8000])
 */
export function clipGradNorm_(
  parameters: Tensors,
  maxNorm: number,
  normType?: number | ClipNormOptions,
  options?: Omit<ClipNormOptions, 'normType'>,
): Tensor {
  atMost('clipGradNorm_', 4, arguments.length);
  const args = { parameters: [] as Tensor[], maxNorm: 0, normType: 2 };
  const given = [parameters, maxNorm, normType];
  const read = clipNormSignature.read(options === undefined ? given : [...given, options], args);
  const norm = totalNorm('clipGradNorm_', gradsOf(args.parameters), args.normType, read);
  scale(args.parameters, args.maxNorm, norm, read.foreach);
  return norm;
}

const withNormSignature = new Signature(
  'clipGradsWithNorm_',
  { parameters: tensorsKind, maxNorm: number(), totalNorm: tensorKind },
  foreach,
);

/**
 * Scales gradients by a norm that is known; mirrors `torch.nn.utils.clip_grads_with_norm_`.
 *
 * @param parameters - Of any shapes; what has no gradient is left out.
 * @param totalNorm - A single element.
 * @example
 * const w = new nn.Parameter(torch.ones(2));
 * w.mul(torch.tensor([3, 4])).sum().backward();
 * nn.utils.clipGradsWithNorm_(w, 1, torch.tensor(10));
 * w.grad; // → tensor([0.3000, 0.4000])
 */
export function clipGradsWithNorm_(
  parameters: Tensors,
  maxNorm: number,
  totalNorm: Tensor,
  options?: ForeachOptions,
): void {
  atMost('clipGradsWithNorm_', 4, arguments.length);
  const args = { parameters: [] as Tensor[], maxNorm: 0, totalNorm };
  const given = [parameters, maxNorm, totalNorm];
  const read = withNormSignature.read(options === undefined ? given : [...given, options], args);
  scale(args.parameters, args.maxNorm, args.totalNorm, read.foreach);
}

const clipValueSignature = new Signature(
  'clipGradValue_',
  { parameters: tensorsKind, clipValue: number() },
  foreach,
);

/**
 * Brings each element of gradients into `±clipValue`; mirrors `torch.nn.utils.clip_grad_value_`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for sparse gradients; nothing is clipped then.
 * @example
 * const w = new nn.Parameter(torch.ones(3));
 * w.mul(torch.tensor([3, -4, 1])).sum().backward();
 * nn.utils.clipGradValue_(w, 2);
 * w.grad; // → tensor([ 2., -2., 1.])
 */
export function clipGradValue_(
  parameters: Tensors,
  clipValue: number,
  options?: ForeachOptions,
): void {
  atMost('clipGradValue_', 3, arguments.length);
  const args = { parameters: [] as Tensor[], clipValue: 0 };
  const given = [parameters, clipValue];
  clipValueSignature.read(options === undefined ? given : [...given, options], args);
  const grads = gradsOf(args.parameters);
  requireDense('clipGradValue_', grads);
  noGrad(() => {
    for (const grad of grads) grad.clamp_(-args.clipValue, args.clipValue);
  });
}

/** Checks that parameters lie on one device. @throws {TypeError} `ERR_INVALID_ARG` */
export function requireOneDevice(what: string, tensors: readonly Tensor[]): void {
  const other = tensors.find(({ deviceName }) => deviceName !== tensors[0]?.deviceName);
  if (other === undefined) return;
  throw invalidArgument(
    `${what}: expected parameters on one device, got some on ${describe(other.deviceName)}`,
  );
}

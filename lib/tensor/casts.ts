import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { anything, flag, integer } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { Device, type DeviceLike, requireDevice } from '../context/device.js';
import { invalidArgument } from '../error.js';
import type { DType } from '../native/dtype.js';
import { bind } from '../native/ops.js';
import { isDType } from './dtypes.js';
import { dtypeKind } from './kinds.js';
import { type MemoryFormat, memoryFormatKind } from './memoryFormat.js';
import { method } from './method.js';
import { oldName } from './oldName.js';
import { extendTensor, Tensor } from './tensor.js';

type Copying = [nonBlocking?: boolean, copy?: boolean, memoryFormat?: MemoryFormat | undefined];

const toDtype = bind<(a: Tensor, dtype: DType, ...how: Copying) => Tensor>('to.dtype');
const toDevice =
  bind<(a: Tensor, device: Device, dtype: DType, ...how: Copying) => Tensor>('to.device');

/** In which order the elements of a result lie in memory. */
export interface Format {
  /** In which order its elements lie in memory. Default `'preserve_format'`: as they do. */
  memoryFormat?: MemoryFormat;
}
/** In which order the elements of a result lie in memory. */
export interface RowMajor {
  /** In which order its elements lie in memory. Default `'contiguous_format'`: row by row. */
  memoryFormat?: MemoryFormat;
}
type Cast = (this: Tensor, options?: Format) => Tensor;

interface Target extends Format {
  /** Default: the one that it has. */
  dtype?: DType;
  /** Default: where it is. */
  device?: DeviceLike;
  /** Whether a copy to or from a GPU may go on while the program does. Default false. */
  nonBlocking?: boolean;
  /** Whether it is a copy in any case. Default false. */
  copy?: boolean;
}
interface To {
  (this: Tensor, options?: Target): Tensor;
  (
    this: Tensor,
    target: DType | Tensor,
    nonBlocking?: boolean | Target,
    copy?: boolean | Target,
    options?: Format,
  ): Tensor;
  (
    this: Tensor,
    device: DeviceLike,
    dtype?: DType | Target,
    nonBlocking?: boolean | Target,
    copy?: boolean | Target,
    options?: Format,
  ): Tensor;
}

interface TypeOf {
  (this: Tensor): string;
  (this: Tensor, dtype: DType): Tensor;
}

const formatSpec = { memoryFormat: memoryFormatKind.optional() };
const targetSpec = {
  dtype: dtypeKind.optional(),
  device: anything<DeviceLike>('a device').optional(),
  nonBlocking: flag.or(false),
  copy: flag.or(false),
  ...formatSpec,
};

const isOptions = (value: unknown): boolean =>
  typeof value === 'object' &&
  value !== null &&
  !(value instanceof Device) &&
  !(value instanceof Tensor);

function readTo(given: unknown[]) {
  const last = isOptions(given.at(-1)) ? given.pop() : undefined;
  const named = readOptions('to', targetSpec, last);
  let { dtype, device } = named;
  const [target, ...flags] = given;
  if (target instanceof Tensor) ({ dtype, device } = target);
  else if (isDType(target)) dtype = target;
  else if (target !== undefined && target !== null) {
    device = target as DeviceLike;
    if (flags.length > 0 && flags[0] !== undefined) {
      dtype = dtypeKind.read('to: dtype', flags.shift());
    }
  }
  const { nonBlocking, copy, memoryFormat } = named;
  if (flags.length > 2) throw invalidArgument(`to: a third flag: ${describe(flags[2])}`);
  return {
    dtype,
    device: device === undefined ? undefined : requireDevice(device),
    how: [
      flag.read('to: nonBlocking', flags[0] ?? nonBlocking),
      flag.read('to: copy', flags[1] ?? copy),
      memoryFormat,
    ] as const,
  };
}

const cast = (name: string, dtype: DType): Cast =>
  function (this: Tensor, options?: Format): Tensor {
    atMost(name, 1, arguments.length);
    if (options === undefined) return toDtype(this, dtype);
    const { memoryFormat } = readOptions(name, formatSpec, options);
    return toDtype(this, dtype, false, false, memoryFormat);
  };

const byNumber = (index: number | DeviceLike): DeviceLike =>
  typeof index === 'number' ? `cuda:${integer(0).read('cuda: index', index)}` : index;

/** Dtypes, devices and copies; results have the tensor's shape. */
export const casts = {
  /**
   * The tensor with another dtype or on another device, or with those of another tensor; itself when nothing changes.
   * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` for a GPU where there is none.
   * @example
   * torch.tensor([1, 2]).to('int64').dtype; // → 'int64'
   */
  to: function to(this: Tensor, ...given: unknown[]): Tensor {
    const [target] = given;
    if (given.length === 1 && isDType(target)) return toDtype(this, target);
    atMost('to', 5, given.length);
    const { dtype, device, how } = readTo(given);
    return device === undefined
      ? toDtype(this, dtype ?? this.dtype, ...how)
      : toDevice(this, device, dtype ?? this.dtype, ...how);
  } as To,
  /**
   * On the CPU; itself when it is there already.
   *
   * @example
   * const x = torch.ones(2);
   * x.cpu() === x; // → true
   */
  cpu(this: Tensor, options?: Format): Tensor {
    atMost('cpu', 1, arguments.length);
    const { memoryFormat } = readOptions('cpu', formatSpec, options);
    return toDevice(this, requireDevice('cpu'), this.dtype, false, false, memoryFormat);
  },
  /**
   * On a GPU. @param device - A number, or a device. Default: the current one.
   *
   * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` where there is no such GPU.
   * @example compile
   * torch.ones(2).cuda().device; // → device(type='cuda', index=0)
   */
  cuda(
    this: Tensor,
    device: number | DeviceLike = 'cuda',
    nonBlocking = false,
    options?: Format,
  ): Tensor {
    atMost('cuda', 3, arguments.length);
    const { memoryFormat } = readOptions('cuda', formatSpec, options);
    const isLater = flag.read('cuda: nonBlocking', nonBlocking);
    return toDevice(
      this,
      requireDevice(byNumber(device)),
      this.dtype,
      isLater,
      false,
      memoryFormat,
    );
  },
  /**
   * As float16.
   *
   * @example
   * torch.ones(1).half().dtype; // → 'float16'
   */
  half: cast('half', 'float16'),
  /**
   * As bfloat16.
   *
   * @example
   * torch.tensor([1.01]).bfloat16().item(); // → 1.0078125
   */
  bfloat16: cast('bfloat16', 'bfloat16'),
  /**
   * As float32.
   *
   * @example
   * torch.tensor([1n, 2n]).float(); // → tensor([1., 2.])
   */
  float: cast('float', 'float32'),
  /**
   * As float64.
   *
   * @example
   * torch.ones(2).double().dtype; // → 'float64'
   */
  double: cast('double', 'float64'),
  /**
   * As complex64.
   *
   * @example
   * torch.tensor([1, 2]).cfloat(); // → tensor([1.+0.j, 2.+0.j])
   */
  cfloat: cast('cfloat', 'complex64'),
  /**
   * As complex128.
   *
   * @example
   * torch.tensor([1, 2]).cdouble().dtype; // → 'complex128'
   */
  cdouble: cast('cdouble', 'complex128'),
  /**
   * As uint8.
   *
   * @example
   * torch.tensor([1.9, 200]).byte(); // → tensor([ 1, 200], dtype=torch.uint8)
   */
  byte: cast('byte', 'uint8'),
  /**
   * As int8.
   *
   * @example
   * torch.tensor([1.9, -2]).char(); // → tensor([ 1, -2], dtype=torch.int8)
   */
  char: cast('char', 'int8'),
  /**
   * As int16.
   *
   * @example
   * torch.tensor([1.9, -2]).short(); // → tensor([ 1, -2], dtype=torch.int16)
   */
  short: cast('short', 'int16'),
  /**
   * As int32.
   *
   * @example
   * torch.tensor([1.7]).int().dtype; // → 'int32'
   */
  int: cast('int', 'int32'),
  /**
   * As int64.
   *
   * @example
   * torch.tensor([1.7]).long(); // → tensor([1])
   */
  long: cast('long', 'int64'),
  /**
   * As bool: whether an element is not zero.
   *
   * @example
   * torch.tensor([0, 2]).bool(); // → tensor([False, True])
   */
  bool: cast('bool', 'bool'),
  /**
   * The name of PyTorch's old class of such tensors, `'torch.FloatTensor'`; with a dtype as {@link to}.
   *
   * @example
   * torch.ones(1).type(); // → 'torch.FloatTensor'
   * torch.ones(1).type('int64').type(); // → 'torch.LongTensor'
   */
  type: function type(this: Tensor, dtype?: DType): string | Tensor {
    atMost('type', 1, arguments.length);
    if (dtype !== undefined) return toDtype(this, dtypeKind.read('type: dtype', dtype));
    const place = this.device.type === 'cpu' ? 'torch' : `torch.${this.device.type}`;
    return `${place}.${oldName(this.dtype)}Tensor`;
  } as TypeOf,
  /**
   * In page-locked memory, from which GPUs copy faster; itself when it is there.
   *
   * @example compile
   * torch.ones(2).pinMemory().isPinned(); // → true
   */
  pinMemory: method<(this: Tensor, device?: string) => Tensor>('pin_memory'),
  /**
   * With the dtype and on the device of another tensor; itself when nothing changes.
   *
   * @example
   * torch.tensor([1.7, 2]).typeAs(torch.tensor([0n])); // → tensor([1, 2])
   */
  typeAs: method<(this: Tensor, other: Tensor) => Tensor>('type_as'),
  /**
   * A copy with memory of its own, through which gradients flow.
   *
   * @example
   * const x = torch.tensor([1, 2]);
   * x.clone().mul_(10); // → tensor([10., 20.])
   * x; // → tensor([1., 2.])
   */
  clone: method<Cast>('clone'),
  /**
   * With elements in row-major order without gaps, or in that of `memoryFormat`; itself when they are.
   *
   * @example
   * torch.zeros(2, 3).t().contiguous().strides; // → [ 2, 1 ]
   */
  contiguous: method<(this: Tensor, options?: RowMajor) => Tensor>('contiguous'),
};

export type Casts = typeof casts;
declare module '../native/tensor.js' {
  interface Tensor extends Casts {}
}
extendTensor(casts);

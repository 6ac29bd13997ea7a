import { describe } from '../../argument/describe.js';
import { noGrad } from '../../context/autograd.js';
import { type DeviceLike, requireDevice } from '../../context/device.js';
import { invalidArgument } from '../../error.js';
import type { DType } from '../../native/dtype.js';
import { bind } from '../../native/ops.js';
import { isDType } from '../../tensor/dtypes.js';
import type { Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';

/** What is moved of a module. */
interface Moved {
  modules(): Iterable<Moved>;
  parameters(options: { recurse: false }): Iterable<Tensor>;
  namedBuffers(options: { recurse: false }): Iterable<[string, Tensor]>;
}

// Python's `tensor.data = other`: the object stays, its elements, dtype and device are replaced.
const setData = bind<(a: Tensor, data: Tensor) => void>('set_data');

const isFloating = (dtype: DType): boolean => /float|complex/.test(dtype);

function replaceData(tensor: Tensor, convert: (tensor: Tensor) => Tensor): void {
  tidy(() => {
    const plain = tensor.detach();
    const converted = convert(plain);
    if (converted !== plain) setData(tensor, converted);
  });
}

/** Moves a module's parameters, their gradients and its buffers, as `Module.to` says. */
export function moveModule(module: Moved, target: DType | DeviceLike, dtype?: DType): void {
  const isDtype = typeof target === 'string' && isDType(target);
  if (isDtype && dtype !== undefined) {
    throw invalidArgument(`to: got a second argument after the dtype: ${describe(dtype)}`);
  }
  const toDtype = isDtype ? (target as DType) : dtype;
  const toDevice = toDtype === target ? undefined : requireDevice(target as DeviceLike);
  if (toDtype !== undefined && !(isDType(toDtype) && isFloating(toDtype))) {
    throw invalidArgument(
      `to: expected a floating-point or complex dtype, got ${describe(toDtype)}`,
    );
  }
  // `tensor.to` gives a new object each time; what is in place already must stay the same one.
  const convert = (tensor: Tensor): Tensor => {
    const wanted = toDtype !== undefined && isFloating(tensor.dtype) ? toDtype : tensor.dtype;
    const device = toDevice ?? tensor.device;
    if (wanted === tensor.dtype && device === tensor.device) return tensor;
    return tensor.to(device, wanted);
  };
  noGrad(() => {
    for (const each of module.modules()) {
      for (const parameter of each.parameters({ recurse: false })) {
        const { grad } = parameter;
        replaceData(parameter, convert);
        if (grad !== null) replaceData(grad, convert);
      }
      for (const [name, buffer] of each.namedBuffers({ recurse: false })) {
        const moved = tidy(() => convert(buffer));
        if (moved !== buffer) Reflect.set(each, name, moved.keep());
      }
    }
  });
}

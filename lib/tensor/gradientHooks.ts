import { atMost } from '../argument/atMost.js';
import { callback } from '../argument/kind.js';
import { RemovableHandle } from '../context/removableHandle.js';
import { requireSynchronous } from '../context/synchronous.js';
import { native } from '../native/load.js';
import { extendTensor, type Tensor } from './tensor.js';

/** Called with a tensor's gradient; a tensor that it returns takes the gradient's place. */
// biome-ignore lint/suspicious/noConfusingVoidType: a hook may return nothing
export type GradientHook = (gradient: Tensor) => Tensor | null | undefined | void;

/** Called with a leaf whose gradient has been added up. */
export type AccumulatedHook = (tensor: Tensor) => void;

const read = callback<(...given: never[]) => unknown>();

/** Hooks of backward passes. */
export const gradientHooks = {
  /**
   * Has a function called with the gradient of this tensor whenever a backward pass has computed it; mirrors
   * `torch.Tensor.register_hook`. Hooks are called in their order; a tensor that one returns takes the gradient's place.
   *
   * The function is held as long as the graph: one that refers to this tensor keeps it until `remove()`, or until the
   * tensor is released. It runs in the midst of the pass, and what it throws comes out of `backward`.
   *
   * @returns Takes it away again.
   * @throws {TorchError} `ERR_LIBTORCH` where the tensor does not require gradients, and in the pass where the result
   *   has another shape, dtype or device; `ERR_BACKWARD_THREAD` in a pass that runs on another thread;
   *   `ERR_ASYNC_NO_GRAD` in the pass for a function that returns a promise.
   * @see https://docs.pytorch.org/docs/stable/generated/torch.Tensor.register_hook.html
   * @example
   * const w = torch.tensor([1, 2], { requiresGrad: true });
   * w.registerHook((gradient) => gradient.mul(10));
   * w.sum().backward();
   * w.grad; // → tensor([10., 10.])
   */
  registerHook(this: Tensor, hook: GradientHook): RemovableHandle {
    atMost('registerHook', 1, arguments.length);
    read.read('registerHook: hook', hook);
    const call = (gradient: Tensor): unknown =>
      requireSynchronous('registerHook: hook', hook(gradient));
    const handle = native.registerHook(this, call);
    return new RemovableHandle(() => native.removeGradientHook(handle));
  },
  /**
   * Has a function called with this leaf after each backward pass that has added to its `grad`; mirrors
   * `torch.Tensor.register_post_accumulate_grad_hook`: for stepping within the pass, and letting the gradient go.
   *
   * @returns Takes it away again.
   * @throws {TorchError} `ERR_LIBTORCH` where the tensor is no leaf, or does not require gradients;
   *   `ERR_ASYNC_NO_GRAD` in the pass for a function that returns a promise.
   * @example
   * const w = torch.tensor([1, 2], { requiresGrad: true });
   * w.registerPostAccumulateGradHook((leaf) => torch.noGrad(() => leaf.sub_(leaf.grad!)));
   * w.square().sum().backward();
   * w.detach(); // → tensor([-1., -2.])
   */
  registerPostAccumulateGradHook(this: Tensor, hook: AccumulatedHook): RemovableHandle {
    atMost('registerPostAccumulateGradHook', 1, arguments.length);
    read.read('registerPostAccumulateGradHook: hook', hook);
    // Not the tensor itself: the hook is held by it.
    const own = new WeakRef(this);
    const handle = native.registerAccumulatedHook(this, (tensor) => {
      const known = own.deref();
      const result = hook(known === undefined || known.isDisposed ? tensor : known);
      requireSynchronous('registerPostAccumulateGradHook: hook', result);
    });
    return new RemovableHandle(() => native.removeGradientHook(handle));
  },
};

export type GradientHooks = typeof gradientHooks;
declare module '../native/tensor.js' {
  interface Tensor extends GradientHooks {}
}
extendTensor(gradientHooks);

import { atMost } from '../argument/atMost.js';

/** Takes a hook away again; mirrors `torch.utils.hooks.RemovableHandle`. */
export class RemovableHandle {
  // Gone once it was called: it knows the hook, and what that refers to.
  #remove: (() => void) | undefined;

  /** @internal Hooks are registered by methods. */
  constructor(remove: () => void) {
    atMost('RemovableHandle', 1, arguments.length);
    this.#remove = remove;
  }

  /** The hook is not called any more. A second time does nothing. */
  remove(): void {
    atMost('remove', 0, arguments.length);
    const remove = this.#remove;
    this.#remove = undefined;
    remove?.();
  }

  [Symbol.dispose](): void {
    this.remove();
  }
}

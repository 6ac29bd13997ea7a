import * as torch from '../lib/index.js';

const { nn } = torch;

/** A module of one function over its parts. */
export class Own extends nn.Module {
  readonly #forward: (...inputs: torch.Tensor[]) => unknown;

  constructor(
    parts: Record<string, torch.nn.Module>,
    forward: (...inputs: torch.Tensor[]) => unknown,
  ) {
    super();
    Object.assign(this, parts);
    this.#forward = forward;
  }

  forward(...inputs: torch.Tensor[]): unknown {
    return this.#forward(...inputs);
  }
}

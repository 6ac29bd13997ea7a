import { cat, type Tensor, zerosLike } from '../../tensor/index.js';
import { grad } from '../grad.js';

/** By input and by output: a row for each element of the input, a column for each of the output. */
export type Jacobians = readonly (readonly Tensor[])[];

// The elements of a tensor, as views, in row-major order.
function* elements(tensor: Tensor): IterableIterator<Tensor> {
  if (tensor.ndim === 0) yield tensor;
  else for (let i = 0; i < tensor.shape[0]!; i++) yield* elements(tensor.select(0, i));
}

/** What the outputs' change with each element of an input by `eps` up and down says of the gradients. */
export function numerical(
  run: () => readonly Tensor[],
  inputs: readonly Tensor[],
  eps: number,
): Jacobians {
  return inputs.map((input) => {
    const rows: Tensor[][] = [];
    // A detached tensor shares its elements, and may be changed.
    for (const element of elements(input.detach())) {
      const value = element.clone();
      const at = (difference: number): Tensor[] => {
        element.copy_(value.add(difference));
        try {
          return run().map((output) => output.detach().clone());
        } finally {
          element.copy_(value);
        }
      };
      const [below, above] = [at(-eps), at(eps)];
      rows.push(
        above.map((each, j) =>
          each
            .sub(below[j]!)
            .div(2 * eps)
            .reshape(1, -1),
        ),
      );
    }
    return (rows[0] ?? []).map((_, j) => cat(rows.map((row) => row[j]!)));
  });
}

/** An input's gradient, as a backward pass gave it for one element of an output. */
export type Look = (input: Tensor, gradient: Tensor) => void;

/** What backward passes from each element of the outputs give. @param look - Is shown each gradient. */
export function analytical(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  look: Look,
): Jacobians {
  const columns: Tensor[][][] = inputs.map(() => outputs.map(() => []));
  for (const [j, output] of outputs.entries()) {
    for (let e = 0; e < output.numel(); e++) {
      const one = zerosLike(output).flatten();
      one.select(0, e).fill_(1);
      const found = grad(output, inputs, {
        gradOutputs: one.view(output.shape),
        retainGraph: true,
        allowUnused: true,
      });
      for (const [i, input] of inputs.entries()) {
        const gradient = found[i] ?? null;
        if (gradient !== null) look(input, gradient);
        const column = gradient === null ? zerosLike(input) : gradient;
        columns[i]![j]!.push(column.detach().reshape(-1, 1).to(output.dtype));
      }
    }
  }
  return columns.map((row, i) =>
    row.map((each) =>
      each.length > 0 ? cat(each, 1) : inputs[i]!.newZeros([inputs[i]!.numel(), 0]),
    ),
  );
}

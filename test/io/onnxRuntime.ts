// Runs what exportOnnx writes in ONNX Runtime, beside the model itself.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { afterAll, expect } from 'vitest';

import * as torch from '../../lib/index.js';
import { temporaryFolder } from '../folder.js';

const folder = temporaryFolder('lenet-torch-onnx-', afterAll);
let files = 0;
export const newFile = (): string => join(folder, `${files++}.onnx`);

const python = process.env.LENET_TORCH_PYTHON ?? 'python3';

/** Whether ONNX's own checker is to be asked: in the long tier, where a Python with onnx is there. */
export const hasChecker = process.env.LENET_TORCH_LONG === '1' && runsPython('import onnx');

function runsPython(program: string): boolean {
  try {
    execFileSync(python, ['-c', program], { stdio: 'pipe' });
    return true;
  } catch {
    return false;
  }
}

/** What ONNX's own checker says of every file made so far, once it has inferred all shapes. */
export function checkerComplaints(): string {
  const program = `
import glob, onnx, sys
paths = sorted(glob.glob(sys.argv[1] + '/*.onnx'))
for path in paths:
    try:
        onnx.checker.check_model(path, full_check=True)
        onnx.shape_inference.infer_shapes(onnx.load(path), check_type=True, strict_mode=True, data_prop=True)
    except Exception as error:
        print(path, error)
print(len(paths), 'files')
`;
  return execFileSync(python, ['-c', program, folder], { encoding: 'utf8' }).trim();
}

/** A file's outputs for one input, by name. */
export async function runFile(path: string, input: torch.Tensor) {
  const session = await InferenceSession.create(path, { intraOpNumThreads: 1 });
  const [name] = session.inputNames;
  const fed = new OrtTensor(input.dtype as 'float32', input.data() as Float32Array, input.shape);
  const outputs = await session.run({ [name!]: fed });
  await session.release();
  return outputs;
}

/**
 * The largest difference of the file's output from the model's, once their dtype and shape agree;
 * relative for numbers beyond 1.
 */
export async function difference(
  net: torch.nn.Module,
  path: string,
  input: torch.Tensor,
): Promise<number> {
  const outputs = await runFile(path, input);
  const [output] = Object.values(outputs);
  const modes = [...net.modules()].map((module) => [module, module.training] as const);
  net.eval();
  const expected = torch.noGrad(() => net.forward(input.clone()) as torch.Tensor);
  for (const [module, mode] of modes) module.training = mode;
  expect({ dtype: output!.type, shape: output!.dims }).toEqual({
    dtype: expected.dtype,
    shape: expected.shape,
  });
  const found = Array.from(output!.data as Float32Array, Number);
  const wanted = Array.from(expected.data() as Float32Array, Number);
  return found.reduce((worst, x, i) => {
    // NaN must not pass as no difference.
    const distance = Object.is(x, wanted[i])
      ? 0
      : Math.abs(x - wanted[i]!) / Math.max(1, Math.abs(wanted[i]!));
    return distance <= worst ? worst : distance;
  }, 0);
}

/** A module of one function, with the modules that it uses. */
export class Net extends torch.nn.Module {
  readonly #forward: (x: torch.Tensor) => unknown;

  constructor(forward: (x: torch.Tensor) => unknown, members: object = {}) {
    super();
    this.#forward = forward;
    Object.assign(this, members);
  }

  forward(x: torch.Tensor): unknown {
    return this.#forward(x);
  }
}

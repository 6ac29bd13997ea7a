import { inspect } from 'node:util';
import { atMost } from '../../argument/atMost.js';
import { requireKnown } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import { writeAtomically } from '../../files/atomic.js';
import { ownInputShape } from '../../models/imageModel.js';
import type { DType } from '../../native/dtype.js';
import type { Module } from '../../nn/index.js';
import { requireModule } from '../../nn/module/requireModule.js';
import { beginUse } from '../../observe/busy.js';
import { isDType } from '../../tensor/dtypes.js';

/** Options of {@link exportOnnx}. */
export interface ExportOnnxOptions {
  /** Sizes of one example, without the batch: `[1, 28, 28]` for `(N, 1, 28, 28)`. Default: the model's own `inputShape`. */
  inputShape?: readonly number[];
  /** Whether the file takes batches of any size. Default true. */
  dynamicBatch?: boolean;
  /** Examples in a batch where `dynamicBatch` is false. Default 1. */
  batchSize?: number;
  /** Default `'float32'`. */
  inputDtype?: DType;
  /** Default `'input'`. */
  inputName?: string;
  /** Default `'output'`. */
  outputName?: string;
  /** Texts for the file's metadata. Default: none. */
  metadata?: Readonly<Record<string, string>>;
}

const names = [
  'inputShape',
  'dynamicBatch',
  'batchSize',
  'inputDtype',
  'inputName',
  'outputName',
  'metadata',
] satisfies (keyof ExportOnnxOptions)[];

function readOptions(net: Module, options: ExportOnnxOptions = {}): Required<ExportOnnxOptions> {
  const fail = (name: string, expected: string, got: unknown): never => {
    throw invalidArgument(`exportOnnx: ${name}: expected ${expected}, got ${inspect(got)}`);
  };
  requireKnown('exportOnnx', names, options, '{ inputShape: [1, 28, 28] }');
  const {
    inputShape = ownInputShape(net),
    dynamicBatch = true,
    batchSize = 1,
    inputDtype = 'float32',
    inputName = 'input',
    outputName = 'output',
    metadata = {},
  } = options;
  const isCount = (size: unknown): boolean => Number.isSafeInteger(size) && Number(size) >= 1;
  if (!Array.isArray(inputShape) || !inputShape.every(isCount)) {
    return fail('inputShape', 'the sizes of one example, such as [1, 28, 28]', inputShape);
  }
  if (typeof dynamicBatch !== 'boolean') fail('dynamicBatch', 'a boolean', dynamicBatch);
  if (!isCount(batchSize)) fail('batchSize', 'an integer ≥ 1', batchSize);
  if (dynamicBatch && options.batchSize !== undefined) {
    fail('batchSize', 'dynamicBatch: false beside it', batchSize);
  }
  if (!isDType(inputDtype)) fail('inputDtype', "a dtype, 'float32'", inputDtype);
  for (const [name, value] of Object.entries({ inputName, outputName })) {
    if (typeof value !== 'string' || value === '') fail(name, 'a name', value);
  }
  if (inputName === outputName) fail('outputName', 'another name than the input’s', outputName);
  if (typeof metadata !== 'object' || metadata === null) fail('metadata', 'an object', metadata);
  for (const [key, text] of Object.entries(metadata)) {
    if (typeof text !== 'string') fail(`metadata: '${key}'`, 'a string', text);
  }
  return {
    ...{ dynamicBatch, batchSize, inputDtype, inputName, outputName },
    // Copies: the caller may change its own before the file is written.
    inputShape: [...inputShape],
    metadata: { ...metadata },
  };
}

/**
 * Writes a model's forward pass in evaluation mode as an ONNX file, for ONNX Runtime in any language
 * and in browsers; mirrors `torch.onnx.export`. The forward pass runs twice, with different numbers of
 * examples, and its operators are recorded; sizes computed in JavaScript (`x.view(x.shape[0], -1)`)
 * follow the batch then. Weights have the state dict's keys as names. The model, its modes and
 * buffers and the random generator are left as they are.
 *
 * Opset 18. Input `(N, …inputShape)`, output as the model gives it, one tensor.
 *
 * @param path - File to write, `'lenet.onnx'`.
 * @param options.inputShape - Sizes of one example, without the batch: `[1, 28, 28]`. Default: the
 *   model's own `inputShape`, where it says one.
 * @param options.dynamicBatch - Whether the file takes batches of any size. Default true.
 * @param options.batchSize - Examples in a batch where `dynamicBatch` is false. Default 1.
 * @param options.inputDtype - Default `'float32'`.
 * @param options.inputName - Default `'input'`. `outputName`: default `'output'`.
 * @param options.metadata - Texts for the file's metadata. Default: none.
 * @throws {TypeError} `ERR_INVALID_ARG` for an argument of the wrong kind.
 * @throws {TorchError} `ERR_ONNX_UNSUPPORTED` for what an ONNX file cannot hold: names the operator.
 *   `ERR_MODEL_BUSY` while the model is trained; `ERR_LIBTORCH` where the model does not take the input.
 * @see https://docs.pytorch.org/docs/stable/onnx.html
 * @example
 * await torch.exportOnnx(net, 'lenet.onnx', { inputShape: [1, 28, 28] });
 */
export async function exportOnnx(
  net: Module,
  path: string,
  options?: ExportOnnxOptions,
): Promise<void> {
  atMost('exportOnnx', 3, arguments.length);
  requireModule('exportOnnx', net);
  if (typeof path !== 'string' || path === '') {
    throw invalidArgument(`exportOnnx: path: expected a file's name, got ${inspect(path)}`);
  }
  const read = readOptions(net, options);
  // Loaded when it is needed: the definition of the format takes as long as a tenth of the package.
  const { encodeModel } = await import('./model.js');
  const endUse = beginUse(net, 'exportOnnx');
  let bytes: Uint8Array;
  try {
    bytes = encodeModel(net, read);
  } finally {
    endUse();
  }
  await writeAtomically(path, (write) => write(bytes));
}

import type { Reply } from '../../http/reply.js';
import { toJson } from '../../run/json.js';
import type { Rows, ServedModel } from '../servedModel.js';
import { floatsOf, type InferRequest, refused, type TensorJson, valuesOf } from './tensors.js';

/** Names of the one input and the one output: those of `exportOnnx`. */
export const tensors = { input: 'input', output: 'output', datatype: 'FP32' } as const;

type Parameters = Readonly<Record<string, unknown>>;
type Plain = Readonly<Record<string, unknown>>;

/**
 * Reads a request of the Open Inference Protocol.
 *
 * @param jsonLength - `Inference-Header-Content-Length`: how much of the body is JSON, where tensors follow as bytes.
 * @throws {TorchError} `ERR_REQUEST` for whatever the protocol or the model does not have.
 */
export function readInfer(
  body: Uint8Array,
  jsonLength: string | undefined,
  model: ServedModel,
): InferRequest {
  const length = jsonLength === undefined ? body.length : lengthOf(jsonLength, body.length);
  const asked = parsed(body.subarray(0, length));
  only('the request', asked, ['id', 'parameters', 'inputs', 'outputs']);
  const { id, inputs, outputs } = asked;
  if (id !== undefined && typeof id !== 'string') throw refused('id: expected a string');
  const parameters = parametersOf('the request', asked.parameters, ['binary_data_output']);
  if (!Array.isArray(inputs) || inputs.length !== 1) {
    throw refused(`inputs: expected one tensor, '${tensors.input}'`);
  }
  const isWhole = jsonLength === undefined;
  const binary = isWhole ? undefined : body.subarray(length);
  const { images, count } = imagesOf(inputs[0], length, binary, model);
  const isBinary = isBinaryOutput(outputs, flagOf(parameters, 'binary_data_output') ?? false);
  return { id, images, count, isBinary };
}

function lengthOf(text: string, most: number): number {
  const length = Number(text);
  if (/^\d+$/.test(text) && length <= most) return length;
  throw refused(
    `Inference-Header-Content-Length: expected a number of bytes up to ${most}, the body's, found ${JSON.stringify(text)}`,
  );
}

function parsed(bytes: Uint8Array): Plain {
  try {
    return objectOf(JSON.parse(Buffer.from(bytes).toString()), 'the body');
  } catch (error) {
    if (error instanceof SyntaxError) throw refused(`expected JSON: ${error.message}`);
    throw error;
  }
}

function objectOf(value: unknown, what: string): Plain {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Plain;
  throw refused(`${what}: expected an object`);
}

function only(what: string, value: Plain, names: readonly string[]): void {
  const other = Object.keys(value).find((name) => !names.includes(name));
  if (other === undefined) return;
  throw refused(`${what}: expected ${names.join(', ')}, found ${JSON.stringify(other)}`);
}

function parametersOf(what: string, given: unknown, names: readonly string[]): Parameters {
  if (given === undefined) return {};
  const parameters = objectOf(given, `${what}: parameters`);
  only(`${what}: parameters`, parameters, names);
  return parameters;
}

function flagOf(parameters: Parameters, name: string): boolean | undefined {
  const { [name]: flag } = parameters;
  if (flag === undefined || typeof flag === 'boolean') return flag;
  throw refused(`${name}: expected true or false`);
}

function imagesOf(
  given: unknown,
  length: number,
  binary: Uint8Array | undefined,
  model: ServedModel,
): { images: Float32Array; count: number } {
  const input = objectOf(given, 'input') as Plain & Partial<TensorJson>;
  only('input', input, ['name', 'shape', 'datatype', 'parameters', 'data']);
  const { name, shape, datatype, data } = input;
  if (name !== tensors.input) throw refused(`input: expected the name '${tensors.input}'`);
  if (datatype !== tensors.datatype) throw refused(`input: expected datatype ${tensors.datatype}`);
  const count = countOf(shape, model);
  const size = count * model.values;
  const parameters = parametersOf('input', input.parameters, ['binary_data_size']);
  const { binary_data_size: bytes } = parameters;
  if (bytes === undefined) {
    if (binary !== undefined && binary.length > 0) {
      throw refused(`expected no bytes behind the JSON, found ${binary.length}`);
    }
    // So many numbers cannot be there: nothing is set aside for them.
    if (Array.isArray(data) && size > length)
      throw refused(`input: data: expected ${size} numbers, found fewer`);
    return { images: valuesOf(data, size), count };
  }
  if (data !== undefined) throw refused("input: expected 'data' or 'binary_data_size', found both");
  const found = binary?.length ?? 0;
  if (bytes !== 4 * size || found !== bytes) {
    throw refused(
      `input: expected ${4 * size} bytes behind the JSON, found ${found} and binary_data_size ${JSON.stringify(bytes)}`,
    );
  }
  return { images: floatsOf(binary!), count };
}

function countOf(shape: unknown, model: ServedModel): number {
  const [count, ...rest] = Array.isArray(shape) ? shape : [];
  const fits = Number.isSafeInteger(count) && count >= 1 && String(rest) === String(model.shape);
  if (fits) return count;
  throw refused(`input: shape: expected [N,${model.shape}], found ${JSON.stringify(shape)}`);
}

function isBinaryOutput(outputs: unknown, initial: boolean): boolean {
  if (outputs === undefined) return initial;
  if (!Array.isArray(outputs) || outputs.length !== 1) {
    throw refused(`outputs: expected one tensor, '${tensors.output}'`);
  }
  const output = objectOf(outputs[0], 'output');
  only('output', output, ['name', 'parameters']);
  if (output.name !== tensors.output)
    throw refused(`output: expected the name '${tensors.output}'`);
  return (
    flagOf(parametersOf('output', output.parameters, ['binary_data']), 'binary_data') ?? initial
  );
}

/** The answer to a request, with its outputs in JSON or behind it. */
export function inferReply(
  { id, count, isBinary }: InferRequest,
  rows: Rows,
  model: ServedModel,
): Reply {
  const { output: name, datatype } = tensors;
  const head = { name, datatype, shape: [count, rows.length / count] };
  const whole = (output: object) => ({
    model_name: model.name,
    model_version: '1',
    ...(id !== undefined && { id }),
    outputs: [output],
  });
  if (!isBinary) {
    const body = toJson(whole({ ...head, data: Array.from(rows) }));
    return { status: 200, headers: { 'Content-Type': 'application/json' }, body };
  }
  const parameters = { binary_data_size: 4 * rows.length };
  const json = Buffer.from(JSON.stringify(whole({ ...head, parameters })));
  const bytes = new Uint8Array(rows.buffer, rows.byteOffset, rows.byteLength);
  return {
    status: 200,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Inference-Header-Content-Length': String(json.length),
    },
    body: Buffer.concat([json, bytes]),
  };
}

import { create, toBinary } from '@bufbuild/protobuf';
import { Generator } from '../../context/random.js';
import { invalidArgument } from '../../error.js';
import { version } from '../../location.js';
import type { Module } from '../../nn/index.js';
import { inEvalMode } from '../../observe/mode.js';
import { recordFully } from '../../observe/recording.js';
import { rand, type Tensor } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { compareRuns, type Run } from './compare.js';
import type { ExportOnnxOptions } from './exportOnnx.js';
import { type ModelProto, ModelProtoSchema } from './onnx_pb.js';
import { valueInfo } from './proto.js';
import { translate } from './translate.js';

type Options = Required<ExportOnnxOptions>;

// What ONNX Runtime 1.15 (2023) and all later ones run, and its version of the file format.
const opset = 18n;
const irVersion = 8n;

// Different enough for what follows the batch to show.
const batches = [1, 3] as const;

// Numbers between 0 and 1; as integers all are 0, which a model may look up in any table.
function example(shape: readonly number[], { inputDtype }: Options, net: Module): Tensor {
  const [parameter] = net.parameters();
  const images = rand(shape, { generator: new Generator().manualSeed(0) }).to(inputDtype);
  return parameter === undefined ? images : images.to(parameter.device);
}

function run(net: Module, batch: number, options: Options): Run {
  const shape = [batch, ...options.inputShape];
  try {
    return { batch, recording: recordFully(net, example(shape, options, net), false) };
  } catch (error) {
    // The error of a forward pass keeps its class and stack, and says what it was given.
    if (error instanceof Error) {
      const input = `an input of [${shape.join(', ')}], a batch of ${batch}`;
      error.message = `exportOnnx: the forward pass fails for ${input}: ${error.message}`;
    }
    throw error;
  }
}

function keysOf(net: Module): Map<Tensor, string> {
  const named = [...net.namedParameters(), ...net.namedBuffers()];
  return new Map(named.map(([key, tensor]) => [tensor, key]));
}

function buildModel(net: Module, options: Options): ModelProto {
  const { dynamicBatch, batchSize, inputName, outputName, metadata } = options;
  const keys = keysOf(net);
  for (const name of [inputName, outputName]) {
    if ([...keys.values()].includes(name)) {
      throw invalidArgument(
        `exportOnnx: '${name}' is a parameter's name; choose another inputName or outputName`,
      );
    }
  }
  const [one, several] = dynamicBatch ? batches : [batchSize, batchSize];
  const trace = compareRuns(run(net, one, options), run(net, several, options), keys);
  const { input, output } = trace;
  const graph = translate(trace, inputName, [outputName, ...keys.values()]);
  return create(ModelProtoSchema, {
    irVersion,
    opsetImport: [{ domain: '', version: opset }],
    producerName: 'lenet-torch',
    producerVersion: version,
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: net.constructor.name,
      ...graph.finish(output, outputName),
      input: [valueInfo(inputName, input.dtype, input.shape)],
      output: [valueInfo(outputName, output.dtype, output.shape)],
    },
  });
}

/** A model's forward pass in evaluation mode as the bytes of an ONNX file. */
export function encodeModel(net: Module, options: Options): Uint8Array {
  const model = inEvalMode(net, () => tidy(() => buildModel(net, options)));
  return toBinary(ModelProtoSchema, model);
}

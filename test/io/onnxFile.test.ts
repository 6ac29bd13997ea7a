import { readFileSync } from 'node:fs';
import { fromBinary } from '@bufbuild/protobuf';
import { InferenceSession } from 'onnxruntime-node';
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { ModelProtoSchema, TensorProto_DataType } from '../../lib/io/onnx/onnx_pb.js';
import { translations } from '../../lib/io/onnx/operators/index.js';
import { tensorsInUse } from '../garbage.js';
import { difference, Net, newFile } from './onnxRuntime.js';

const { nn } = torch;

async function exported(net: torch.nn.Module, options: torch.ExportOnnxOptions) {
  const path = newFile();
  await torch.exportOnnx(net, path, options);
  const model = fromBinary(ModelProtoSchema, readFileSync(path));
  return { path, model, graph: model.graph! };
}

test('weights have the state dict’s keys, and nothing else is in the file', async () => {
  const net = new torch.LeNet();
  const { model, graph } = await exported(net, { inputShape: [1, 28, 28] });
  const state = Object.entries(net.stateDict());
  const named = graph.initializer.filter(({ name }) => name.includes('.'));
  expect(named.map(({ name, dims }) => [name, dims.map(Number)])).toEqual(
    state.map(([key, tensor]) => [key, tensor.shape]),
  );
  for (const [i, [, tensor]] of state.entries()) {
    const bytes = Uint8Array.from(named[i]!.rawData);
    expect(new Float32Array(bytes.buffer)).toEqual(tensor.data());
  }
  expect(graph.initializer.filter((each) => !named.includes(each)).map(({ dims }) => dims)).toEqual(
    [[2n]], // view's sizes
  );
  expect(graph.node.map(({ opType }) => opType)).toEqual(
    'Conv Sigmoid MaxPool Conv Sigmoid MaxPool Reshape Gemm Sigmoid Gemm Sigmoid Gemm'.split(' '),
  );
  expect(model).toMatchObject({ producerName: 'lenet-torch', producerVersion: torch.version });
  expect(graph.name).toBe('LeNet');
});

test('names, dtypes and sizes of input and output, and metadata', async () => {
  const options = {
    inputShape: [3, 4],
    inputDtype: 'uint8' as const,
    inputName: 'pixels',
    outputName: 'scores',
    metadata: { classes: 'shoe,bag', licence: 'CC0' },
  };
  const net = new Net((x) => x.view(-1, 4).float());
  const { path, model, graph } = await exported(net, options);
  const describe = ({ name, type }: (typeof graph.input)[number]) => {
    const { value } = type!.value as Extract<typeof type, { value: object }>['value'] & {
      value: { elemType: number; shape: { dim: { value: { value: unknown } }[] } };
    };
    return [
      name,
      TensorProto_DataType[value.elemType],
      value.shape.dim.map((each) => each.value.value),
    ];
  };
  expect([...graph.input, ...graph.output].map(describe)).toEqual([
    ['pixels', 'UINT8', ['N', 3n, 4n]],
    ['scores', 'FLOAT', ['3·N', 4n]],
  ]);
  expect(model.metadataProps.map(({ key, value }) => [key, value])).toEqual(
    Object.entries(options.metadata),
  );
  const session = await InferenceSession.create(path);
  expect([session.inputNames, session.outputNames]).toEqual([['pixels'], ['scores']]);
});

test('shared weights are written once, equal ones each', async () => {
  const shared = new nn.Linear(4, 4);
  const tied = new nn.Parameter(shared.weight.detach());
  const [one, other] = [new nn.BatchNorm2d(2), new nn.BatchNorm2d(2)];
  const net = new Net(
    (x) => {
      const y = one.forward(other.forward(shared.forward(shared.forward(x))));
      return nn.functional.linear(y, tied);
    },
    { shared, again: shared, tied, one, other },
  );
  const { path, graph } = await exported(net, { inputShape: [2, 3, 4] });
  const names = graph.initializer.map(({ name }) => name).filter((name) => !/constant/.test(name));
  const statistics = ['weight', 'bias', 'running_mean', 'running_var'];
  expect(names.sort()).toEqual(
    [
      ...['shared.weight', 'shared.bias'],
      ...statistics.map((name) => `one.${name}`),
      ...statistics.map((name) => `other.${name}`),
    ].sort(),
  );
  expect(await difference(net, path, torch.randn([2, 2, 3, 4]))).toBeLessThan(1e-5);
});

test('a key that looks like a node’s name is no other tensor', async () => {
  const net = new Net((x) => x.mul(net.relu!).relu().add(net.constant!)) as Net & {
    relu?: torch.Tensor;
    constant?: torch.Tensor;
  };
  net.registerBuffer('relu', torch.tensor([1, -2, 3]));
  net.registerBuffer('constant', torch.tensor([5]), { persistent: false });
  const { path, graph } = await exported(net, { inputShape: [3] });
  expect(graph.initializer.map(({ name }) => name)).toEqual(['relu', 'constant']);
  expect(await difference(net, path, torch.randn([2, 3]))).toBe(0);
});

test('the same model gives the same bytes, and is left as it was', async () => {
  torch.manualSeed(3);
  const net = new nn.Sequential(
    new nn.Conv2d(1, 2, 3),
    new nn.BatchNorm2d(2),
    new nn.Dropout(0.5),
    new nn.ReLU(),
  );
  net.at(3).eval();
  const before = Object.values(net.stateDict()).map((tensor) => tensor.clone());
  const generator = torch.getRngState();
  const memory = await tensorsInUse();
  const first = await exported(net, { inputShape: [1, 5, 5] });
  const second = await exported(net, { inputShape: [1, 5, 5] });
  expect(readFileSync(first.path)).toEqual(readFileSync(second.path));
  expect(torch.memory().tensors).toBe(memory);
  expect(torch.getRngState().equal(generator)).toBe(true);
  expect([...net].map(({ training }) => training)).toEqual([true, true, true, false]);
  const after = Object.values(net.stateDict());
  expect(after.every((tensor, i) => tensor.equal(before[i]!))).toBe(true);
});

test('docs/onnx.md lists the operators', () => {
  const text = readFileSync(new URL('../../docs/onnx.md', import.meta.url), 'utf8');
  const [, section] = /## Operators\n(.*?)An argument/s.exec(text)!;
  const listed = [...section!.matchAll(/`([a-z0-9_]+)`/g)].map((match) => match[1]!);
  expect(listed.filter((name) => name !== 'nn')).toEqual(Object.keys(translations).sort());
});

// Every layer of nn, from the descriptions of its recorded cases: it agrees in ONNX Runtime, or stands here with the
// reason why a file cannot hold it.
import { expect, test } from 'vitest';

import * as torch from '../../lib/index.js';
import { camelCase } from '../../scripts/names.js';
import { type Case, expand, groups } from '../parity/expand.js';
import { draw } from '../parity/values.js';
import { difference, Net, newFile } from './onnxRuntime.js';

type Class = new (...args: unknown[]) => torch.nn.Module;

const described = new Map(
  groups<{ error?: string }>().flatMap(({ described, recorded }) =>
    Object.entries(described)
      .filter(([name]) => /^nn\.[A-Z]\w*$/.test(name))
      .map(([name, grids]) => {
        const cases = grids.flatMap((grid, i) => {
          const all = expand(grid).filter((each, k) => {
            const isRight = recorded[name]![i]![k]!.error === undefined && !grid.refused;
            return isRight && each.dtype === 'float32';
          });
          // The one with no options and the one with all, of each description.
          return all.length > 1 ? [all[0]!, all.at(-1)!] : all;
        });
        return [name.slice(3), cases] as const;
      }),
  ),
);

const placed = (value: unknown, inputs: readonly torch.Tensor[], used: Set<number>): unknown => {
  if (Array.isArray(value)) return value.map((part) => placed(part, inputs, used));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [camelCase(key), placed(part, inputs, used)]),
    );
  }
  if (typeof value !== 'string') return value;
  if (/^\$\d+$/.test(value))
    return inputs[Number(used.add(Number(value.slice(1))) && value.slice(1))];
  if (/^-?inf$/.test(value)) return Number(value.replace('inf', 'Infinity'));
  return value.replace(/^torch\./, '');
};

/** A module of a case with what it is called with. */
function made(Class: Class, each: Case) {
  torch.manualSeed(1);
  const inputs = each.inputs.map((text) => draw(text, 'float32'));
  const used = new Set<number>();
  const args = each.args.map((arg) => placed(arg, inputs, used));
  const isNamed = Object.prototype.toString.call(each.args.at(-1)) === '[object Object]';
  const options = {
    ...(isNamed && (args.pop() as object)),
    ...(placed(each.options, inputs, used) as object),
  };
  const module = new Class(...args, ...(Object.keys(options).length > 0 ? [options] : []));
  const given = inputs.filter((_, i) => !used.has(i));
  return { module, called: each.call?.map((part) => placed(part, inputs, new Set())) ?? given };
}

const firstTensor = (value: unknown): torch.Tensor =>
  [value]
    .flat(Number.POSITIVE_INFINITY)
    .find((each) => each instanceof torch.Tensor) as torch.Tensor;

/** How far the file is from the module; what is not the first tensor is a constant in it. */
async function distance(Class: Class, each: Case): Promise<number> {
  const { module, called } = made(Class, each);
  module.eval();
  const at = called.findIndex((value) => value instanceof torch.Tensor);
  const first = called[at] as torch.Tensor;
  const rest = called.map((value) => (value instanceof torch.Tensor ? value.keep() : value));
  const net = new Net((x) => firstTensor(module.forward(...rest.with(at, x.to(first.dtype)))), {
    module,
  });
  const [batchSize = 0, ...inputShape] = first.shape;
  const path = newFile();
  await torch.exportOnnx(net, path, { inputShape, batchSize, dynamicBatch: false });
  return difference(net, path, first.to('float32'));
}

const loss = 'its targets stand beside the scores, and a file is for predictions';
const places = 'ONNX counts places over all planes, PyTorch in each';
const drawn = 'it draws where its windows are';

/** Why a file cannot hold it. */
const reasons: Record<string, string> = {
  AdaptiveLogSoftmaxWithLoss: loss,
  BCELoss: loss,
  BCEWithLogitsLoss: loss,
  CTCLoss: loss,
  CosineEmbeddingLoss: loss,
  CrossEntropyLoss: loss,
  EmbeddingBag: 'ONNX has no bags of different sizes',
  FractionalMaxPool2d: drawn,
  FractionalMaxPool3d: drawn,
  GaussianNLLLoss: loss,
  HingeEmbeddingLoss: loss,
  HuberLoss: loss,
  KLDivLoss: loss,
  L1Loss: loss,
  MSELoss: loss,
  MarginRankingLoss: loss,
  MaxUnpool1d: places,
  MaxUnpool2d: places,
  MaxUnpool3d: places,
  MultiLabelMarginLoss: loss,
  MultiMarginLoss: loss,
  NLLLoss: loss,
  PoissonNLLLoss: loss,
  SmoothL1Loss: loss,
  SoftMarginLoss: loss,
  TripletMarginLoss: loss,
};

/** What is refused of layers that are exported otherwise: images without a batch, and options. */
const refused: readonly RegExp[] = [
  /the input is .*not \(N, C/,
  /batchSize: expected an integer ≥ 1, got 0/,
  /instance_norm: running statistics are not supported/,
  /lstm: projections are not supported/,
  /pairwise_distance: p is Infinity/,
  // `maxNorm` changes the weights in a forward pass.
  /embedding_renorm_ has no translation/,
  // A mask is looked at, whether it is the causal one; `isCausal` says so without.
  /: equal has no translation/,
];

/** Without recorded cases of their own: where they are exported. */
const elsewhere: Record<string, string> = {
  EuclideanRBF: 'LeNet5: test/io/onnxNetworks.test.ts',
  EuclideanRBFLoss: loss,
  Module: 'all others',
  ModuleDict: 'it has no forward',
  ModuleList: 'it has no forward; test/io/onnxOperators.test.ts',
  ParameterDict: 'it has no forward',
  ParameterList: 'it has no forward',
  PartialConv2d: 'LeNet5: test/io/onnxNetworks.test.ts',
  Sequential: 'test/io/onnxNetworks.test.ts',
  TrainableSubsampling: 'LeNet5: test/io/onnxNetworks.test.ts',
  TransformerDecoder: 'Transformer has one',
  TransformerEncoder: 'Transformer has one',
};

const classes = Object.entries(torch.nn).filter(
  ([, value]) =>
    typeof value === 'function' &&
    (value === torch.nn.Module || value.prototype instanceof torch.nn.Module),
) as unknown as [string, Class][];

test('what is said of layers is said of those that there are', () => {
  const names = new Set(classes.map(([name]) => name));
  const said = [...Object.keys(reasons), ...Object.keys(elsewhere), ...described.keys()];
  expect(said.filter((name) => !names.has(name))).toEqual([]);
  expect(Object.keys(elsewhere).filter((name) => described.has(name))).toEqual([]);
});

test.each(classes.filter(([name]) => !(name in elsewhere)))('%s', async (name, Class) => {
  const found: string[] = [];
  let agreeing = 0;
  for (const each of described.get(name) ?? []) {
    try {
      const worst = await distance(Class, each);
      if (worst < 1e-5) agreeing++;
      else found.push(`${JSON.stringify(each)}: differs by ${worst}`);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      const isKnown =
        refused.some((pattern) => pattern.test(message)) ||
        (name in reasons && code === 'ERR_ONNX_UNSUPPORTED');
      if (!isKnown) found.push(`${JSON.stringify(each)}: ${code}: ${message}`);
    }
  }
  expect(found).toEqual([]);
  if (name in reasons) expect(agreeing, `${name}: it can be exported now`).toBe(0);
  else
    expect(agreeing, `${name}: no case can be exported, and no reason is given`).toBeGreaterThan(0);
});

import type { Call, Translation, Translations } from '../call.js';
import type { Attributes } from '../proto.js';
import type { Value } from '../trace.js';

/** In what order ONNX has the gates, by their places in PyTorch. */
const orders = { RNN: [0], GRU: [1, 0, 2], LSTM: [0, 3, 1, 2] };

type Kind = keyof typeof orders;

const concatenated = (call: Call, parts: readonly string[], axis: number): string =>
  parts.length === 1 ? parts[0]! : call.graph.node('Concat', parts, { axis });

/** Weights as ONNX has them: gates in its order, and a first dimension for the direction. */
function ordered(call: Call, kind: Kind, weight: Value): string {
  const rows = weight.shape[0] as number;
  const size = rows / orders[kind].length;
  const places = orders[kind].flatMap((gate) =>
    Array.from({ length: size }, (_, i) => gate * size + i),
  );
  const index = call.graph.constant(places, 'int64');
  const name = call.nameOf(weight);
  const turned = kind === 'RNN' ? name : call.graph.node('Gather', [name, index], { axis: 0 });
  return call.graph.node('Unsqueeze', [turned, call.graph.constant([0], 'int64')]);
}

/** The rows of some layers' states. */
const rowsOf = (call: Call, state: string, start: number, count: number): string => {
  const [from, to, axis] = [start, start + count, 0].map((each) =>
    call.graph.constant([each], 'int64'),
  );
  return call.graph.node('Slice', [state, from!, to!, axis!]);
};

/** A node for each layer, with both directions. */
const recurrent =
  (kind: Kind, more: Attributes = {}): Translation =>
  (call) => {
    if (call.overload !== 'input') call.refuse('packed sequences are not supported');
    if (call.boolean('train')) call.refuse('a layer in training is not supported');
    call.ignore('dropout');
    const { graph } = call;
    const hasBiases = call.boolean('has_biases');
    const directions = call.boolean('bidirectional') ? 2 : 1;
    const isBatchFirst = call.boolean('batch_first');
    const layers = call.number('num_layers');
    const params = call.values('params');
    const perDirection = hasBiases ? 4 : 2;
    if (params.length !== layers * directions * perDirection) {
      call.refuse('projections are not supported');
    }
    const states =
      kind === 'LSTM' ? call.values('hx').map((state) => call.nameOf(state)) : [call.input('hx')];
    const hidden = params[1]!.shape[1] as number;
    const attributes: Attributes = {
      hidden_size: hidden,
      direction: directions === 2 ? 'bidirectional' : undefined,
      ...more,
    };
    const turn = (name: string): string => graph.node('Transpose', [name], { perm: [1, 0, 2] });
    const ends: string[][] = states.map(() => []);
    let input = isBatchFirst ? turn(call.input('input')) : call.input('input');
    for (let layer = 0; layer < layers; layer++) {
      const own = Array.from({ length: directions }, (_, direction) => {
        const start = (layer * directions + direction) * perDirection;
        const weights = params.slice(start, start + perDirection);
        return weights.map((weight) => ordered(call, kind, weight));
      });
      const [W, R] = [0, 1].map((i) =>
        concatenated(
          call,
          own.map((each) => each[i]!),
          0,
        ),
      );
      const bias = (each: string[]): string =>
        graph.node('Concat', [each[2]!, each[3]!], { axis: 1 });
      const B = hasBiases ? concatenated(call, own.map(bias), 0) : '';
      const begin = states.map((state) => rowsOf(call, state, layer * directions, directions));
      const inputs = [input, W!, R!, B, '', ...begin];
      const [all, ...last] = graph.nodes(kind, inputs, attributes, 1 + states.length, call.name);
      // (T, directions, N, H) → (T, N, directions · H); 0 stands for a size as it was.
      const steps = graph.node('Transpose', [all!], { perm: [0, 2, 1, 3] });
      input = graph.node('Reshape', [steps, graph.constant([0, 0, -1], 'int64')]);
      for (const [i, end] of last.entries()) ends[i]!.push(end);
    }
    const output = isBatchFirst ? turn(input) : input;
    return [output, ...ends.map((each) => concatenated(call, each, 0))];
  };

/** What a cell's gates get from the input and from the state, each in its parts. */
function gates(call: Call, state: string, count: number): [string[], string[]] {
  const { graph } = call;
  const rows = call.value('w_ih').shape[0] as number;
  const size = rows / count;
  const parts = (input: string, weight: string, bias: string): string[] => {
    const inputs = [input, call.input(weight)];
    if (call.has(bias)) inputs.push(call.input(bias));
    const all = graph.node('Gemm', inputs, { transB: 1 });
    return Array.from({ length: count }, (_, i) => {
      const [from, to, axis] = [i * size, (i + 1) * size, 1].map((each) =>
        graph.constant([each], 'int64'),
      );
      return graph.node('Slice', [all, from!, to!, axis!]);
    });
  };
  return [parts(call.input('input'), 'w_ih', 'b_ih'), parts(state, 'w_hh', 'b_hh')];
}

const rnnCell =
  (activation: string): Translation =>
  (call) => {
    const [[a], [b]] = gates(call, call.input('hx'), 1) as [[string], [string]];
    return call.node(activation, [call.graph.node('Add', [a, b])]);
  };

function gruCell(call: Call): string {
  const { graph } = call;
  const state = call.input('hx');
  const [given, kept] = gates(call, state, 3);
  const gate = (i: number): string =>
    graph.node('Sigmoid', [graph.node('Add', [given[i]!, kept[i]!])]);
  const fresh = graph.node('Add', [given[2]!, graph.node('Mul', [gate(0), kept[2]!])]);
  const next = graph.node('Tanh', [fresh]);
  const change = graph.node('Mul', [gate(1), graph.node('Sub', [state, next])]);
  return call.node('Add', [next, change]);
}

function lstmCell(call: Call): string[] {
  const { graph } = call;
  const [state, cell] = call.values('hx').map((each) => call.nameOf(each)) as [string, string];
  const [given, kept] = gates(call, state, 4);
  const gate = (i: number, activation = 'Sigmoid'): string =>
    graph.node(activation, [graph.node('Add', [given[i]!, kept[i]!])]);
  const old = graph.node('Mul', [gate(1), cell]);
  const next = graph.node('Add', [old, graph.node('Mul', [gate(0), gate(2, 'Tanh')])]);
  return [call.node('Mul', [gate(3), graph.node('Tanh', [next])]), next];
}

export const recurrence: Translations = {
  rnn_tanh: recurrent('RNN'),
  gru: recurrent('GRU', { linear_before_reset: 1 }),
  lstm: recurrent('LSTM'),
  rnn_tanh_cell: rnnCell('Tanh'),
  rnn_relu_cell: rnnCell('Relu'),
  gru_cell: gruCell,
  lstm_cell: lstmCell,
};

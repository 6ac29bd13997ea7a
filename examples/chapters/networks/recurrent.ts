import { nn, type Tensor } from 'lenet-torch';

type Layer = nn.RNN | nn.GRU | nn.LSTM;
/** The state of a layer: one tensor `(1, N, H)`, of `LSTM` two. */
export type State = Tensor | [Tensor, Tensor];

/**
 * A language model around `nn.RNN`, `nn.GRU` or `nn.LSTM`: characters `(N, T)` int64, and the state before them
 * → `[logits (N, T, vocabSize), state]`.
 */
export default class RecurrentLM extends nn.Module {
  readonly vocabSize: number;
  rnn: Layer;
  linear: nn.Linear;

  constructor(
    Recurrent: typeof nn.RNN | typeof nn.GRU | typeof nn.LSTM,
    vocabSize: number,
    numHiddens = 32,
  ) {
    super();
    this.vocabSize = vocabSize;
    this.rnn = new Recurrent(vocabSize, numHiddens);
    this.linear = new nn.Linear(numHiddens, vocabSize);
  }

  forward(tokens: Tensor, state?: State): [logits: Tensor, state: State] {
    const inputs = nn.functional.oneHot(tokens.t(), this.vocabSize).to('float32');
    const [outputs, after] = (this.rnn as nn.RNN).forward(inputs, (state as Tensor) ?? null);
    return [this.linear.forward(outputs).transpose(0, 1), after];
  }
}

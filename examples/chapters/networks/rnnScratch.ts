import { nn, normal, stack, type Tensor, zeros } from 'lenet-torch';

/**
 * A recurrent network with nothing but tensors: characters `(N, T)` int64, and the state before them `(N, numHiddens)`
 * → `[logits (N, T, vocabSize), state]`.
 */
export default class RNNLMScratch extends nn.Module {
  readonly vocabSize: number;
  readonly numHiddens: number;
  W_xh: nn.Parameter;
  W_hh: nn.Parameter;
  b_h: nn.Parameter;
  W_hq: nn.Parameter;
  b_q: nn.Parameter;

  constructor(vocabSize: number, numHiddens = 32, sigma = 0.01) {
    super();
    this.vocabSize = vocabSize;
    this.numHiddens = numHiddens;
    this.W_xh = new nn.Parameter(normal(0, sigma, [vocabSize, numHiddens]));
    this.W_hh = new nn.Parameter(normal(0, sigma, [numHiddens, numHiddens]));
    this.b_h = new nn.Parameter(zeros([numHiddens]));
    this.W_hq = new nn.Parameter(normal(0, sigma, [numHiddens, vocabSize]));
    this.b_q = new nn.Parameter(zeros([vocabSize]));
  }

  forward(tokens: Tensor, state?: Tensor): [logits: Tensor, state: Tensor] {
    const { W_xh, W_hh, b_h, W_hq, b_q } = this;
    const inputs = nn.functional.oneHot(tokens.t(), this.vocabSize).to('float32');
    let H = state ?? zeros([tokens.shape[0]!, this.numHiddens], { device: tokens.deviceName });
    const outputs: Tensor[] = [];
    for (let t = 0; t < tokens.shape[1]!; t++) {
      H = inputs.select(0, t).matmul(W_xh).add(H.matmul(W_hh)).add(b_h).tanh();
      outputs.push(H.matmul(W_hq).add(b_q));
    }
    return [stack(outputs, 1), H];
  }
}

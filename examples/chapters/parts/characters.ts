import { type Device, data, nn, noGrad, type optim, type Tensor, tensor } from 'lenet-torch';

import { timeMachine } from './timeMachine.js';

/** A network that reads characters: `(N, T)` and the state before them → logits `(N, T, vocabSize)` and the state after. */
export interface LanguageModel extends nn.Module {
  // biome-ignore lint/suspicious/noExplicitAny: one tensor, or two
  forward(tokens: Tensor, state?: any): [logits: Tensor, state: unknown];
}

/** Letters and single spaces, small. */
export const tokenize = (text: string): string[] => [
  ...text
    .replace(/[^A-Za-z]+/g, ' ')
    .trim()
    .toLowerCase(),
];

/** The characters of the novel's first chapter, in windows that begin at every character. */
export class TimeMachine {
  readonly tokens = tokenize(timeMachine);
  /** The characters that there are, in their order. */
  readonly vocab = [...new Set(this.tokens)].sort();
  /** int64 `(length)` */
  readonly corpus = tensor(this.indices(this.tokens), { dtype: 'int64' }).keep();

  indices(tokens: readonly string[]): number[] {
    return tokens.map((token) => {
      const index = this.vocab.indexOf(token);
      if (index < 0) throw new Error(`the text has no '${token}'`);
      return index;
    });
  }

  /**
   * Batches of windows `(N, numSteps + 1)`: the first `numTrain` in random order, or as many as there are, and the
   * `numVal` behind them.
   */
  loaders(batchSize: number, numSteps: number, numTrain = 10_000, numVal = 5000) {
    const windows = this.corpus.unfold(0, numSteps + 1, 1);
    const loader = (from: number, count: number, shuffle: boolean) =>
      new data.DataLoader(new data.TensorDataset(windows.narrow(0, from, count)), {
        batchSize,
        shuffle,
      });
    const train = Math.min(numTrain, windows.shape[0]! - numVal);
    return [loader(0, train, true), loader(train, numVal, false)] as const;
  }

  /** Goes on with the text, each time with the character that the network holds most likely. */
  continued(net: LanguageModel, prefix: string, count: number, device: Device): string {
    const text = tokenize(prefix);
    return noGrad(() => {
      let read = text;
      let state: unknown;
      for (let i = 0; i < count; i++) {
        const tokens = tensor([this.indices(read)], { dtype: 'int64', device: String(device) });
        const [logits, after] = net.forward(tokens, state);
        state = after;
        read = [this.vocab[Number(logits.select(1, -1).argmax().item())]!];
        text.push(...read);
      }
      return text.join('');
    });
  }
}

type Windows = Iterable<readonly [Tensor]>;

/** Trains by hand, with gradients clipped to length 1; prints how many characters are as good as equally likely. */
export function trainLanguageModel(
  net: LanguageModel,
  [trainIter, valIter]: readonly [Windows, Windows],
  // biome-ignore lint/suspicious/noExplicitAny: whatever its options are
  optimizer: optim.Optimizer<any>,
  device: Device,
  numEpochs: number,
): void {
  const loss = new nn.CrossEntropyLoss();
  const lossOf = (windows: Tensor): Tensor => {
    const length = windows.shape[1]!;
    const [logits] = net.forward(windows.narrow(1, 0, length - 1).to(String(device)));
    const next = windows.narrow(1, 1, length - 1).to(String(device));
    return loss.forward(logits.reshape(-1, logits.shape[2]!), next.reshape(-1));
  };
  const perplexity = (losses: number[]): string =>
    Math.exp(losses.reduce((sum, each) => sum + each, 0) / losses.length).toFixed(2);
  net.to(String(device));
  for (let epoch = 1; epoch <= numEpochs; epoch++) {
    const begin = performance.now();
    const losses: number[] = [];
    for (const [windows] of trainIter) {
      const l = lossOf(windows);
      optimizer.zeroGrad();
      l.backward();
      nn.utils.clipGradNorm_(net.parameters(), 1);
      optimizer.step();
      losses.push(Number(l.item()));
    }
    const tested: number[] = [];
    for (const [windows] of valIter) tested.push(Number(noGrad(() => lossOf(windows).item())));
    const seconds = (performance.now() - begin) / 1000;
    if (epoch % 10 === 0 || epoch === numEpochs) {
      console.log(
        `epoch ${epoch}, perplexity ${perplexity(losses)}, of unseen text ${perplexity(tested)}, ` +
          `time ${seconds.toFixed(1)} sec`,
      );
    }
  }
}

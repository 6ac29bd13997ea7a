/** What one epoch came to. */
export interface EpochResult {
  /** From 1. */
  epoch: number;
  /** Mean of the batches' losses. */
  loss: number;
  /** Share of the training images classified right, as each batch was trained. */
  trainAcc: number;
  /** Share of the test images classified right, after the epoch. */
  testAcc: number;
  /** Duration with the test pass, as the chapter counts. */
  seconds: number;
  /** Which engine trained the epoch. */
  engine: 'eager';
  /** Why that one. */
  engineReason: string;
}

/** What {@link train} resolves to. */
export interface History {
  epochs: EpochResult[];
}

/** The chapter's line: `epoch 1, loss 1.8508, train acc 0.317, test acc 0.587, time 31.0 sec`. */
export function epochLine({ epoch, loss, trainAcc, testAcc, seconds }: EpochResult): string {
  const fixed = (value: number, digits: number): string =>
    Number.isNaN(value) ? 'nan' : value.toFixed(digits);
  return (
    `epoch ${epoch}, loss ${fixed(loss, 4)}, train acc ${fixed(trainAcc, 3)}, ` +
    `test acc ${fixed(testAcc, 3)}, time ${fixed(seconds, 1)} sec`
  );
}

/** Numbers of one layer, or of all together. */
export interface Counts {
  /** Elements of the layer's own parameters, learned or fixed; shared ones count where they are met first. */
  readonly parameters: number;
  /**
   * Inputs and biases that the layer's output units are connected to, summed over the units; `null`
   * for a module of your own with parameters, of which the package cannot know.
   */
  readonly connections: number | null;
  /** Multiplications whose product is added to something; `null` as for connections. */
  readonly multiplyAdds: number | null;
  /** Of the layer's output for one example; 0 where that is its input or a view of it. */
  readonly activationBytes: number;
}

/** One call of a layer. */
export interface LayerSummary extends Counts {
  /** Dotted (`'conv.0'`); the class's name where the network is one layer. */
  readonly name: string;
  /**
   * Without N, which is 1; of `inputData` with it. Of several tensors, the first's. `null` for a module that the forward pass
   * does not call, or that returns no tensor.
   */
  readonly outputShape: readonly number[] | null;
}

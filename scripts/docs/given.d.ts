// What documents and docstrings speak of without saying where it is from; scripts/docs/runBlocks.js makes it.
import type * as torch from 'lenet-torch';

declare global {
  const net: torch.LeNet;
  /** Of 512 examples in batches of 256. */
  const trainIter: torch.data.DataLoader<[torch.Tensor, torch.Tensor]>;
  const testIter: torch.data.DataLoader<[torch.Tensor, torch.Tensor]>;
  const trainSet: torch.data.FashionMNIST;
  const batches: [torch.Tensor, torch.Tensor][];
  const optimizer: torch.optim.Adam;
  const loss: torch.nn.CrossEntropyLoss;
  const batchSize: number;
  const lr: number;
  const numEpochs: number;
  const device: string;
  /** `(4, 1, 28, 28)`, 0–1. */
  const images: torch.Tensor;
}

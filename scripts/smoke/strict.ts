// A program of a user with the strictest settings of TypeScript: it is compiled, not run.
import * as torch from 'lenet-torch';
import { nn, optim, type Tensor, TorchError } from 'lenet-torch';

class Net extends nn.Module {
  readonly body = new nn.Sequential(new nn.Conv2d(1, 6, 5), new nn.Sigmoid(), new nn.Flatten());
  readonly head = new nn.Linear(6 * 24 * 24, 10);

  override forward(images: Tensor): Tensor {
    return this.head.forward(this.body.forward(images));
  }
}

export async function main(): Promise<number> {
  const [trainIter, testIter] = await torch.loadDataFashionMnist({ batchSize: 256 });
  const net = new Net();
  const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
  const loss = new nn.CrossEntropyLoss();
  for (const [images, labels] of trainIter) {
    const value: Tensor = loss.forward(net.forward(images), labels);
    optimizer.zeroGrad();
    value.backward();
    optimizer.step();
  }
  const { epochs } = await torch.train(net, trainIter, testIter, 256, optimizer, 'cpu', 1);
  const state: Record<string, Tensor> = net.stateDict();
  await torch.save(state, 'net.safetensors');
  try {
    torch.device('tpu');
  } catch (error) {
    if (error instanceof TorchError) console.error(error.code);
  }
  using scope = torch.scope();
  void scope;
  return epochs[0]?.testAcc ?? 0;
}

// %% [markdown]
// # LeNet
//
// The chapter in TypeScript, cell by cell; in brackets stands the number of the chapter's own cell.
// How to open the notebook: docs/notebook.md. As a script: `npm run example -- notebook`.
// `lenet.ipynb` is made of `notebook.ts` by `npm run notebook`: change that.

// %%
// [22]
import * as torch from 'lenet-torch';
import { display, draw, nn, optim } from 'lenet-torch';

const device = torch.device(torch.cuda.isAvailable() ? 'cuda' : 'cpu');
await display(device);

// %% [markdown]
// ## The network of 1998
//
// What the chapter's first half describes, layer by layer: `torch.LeNet5`. The picture is drawn from the layers themselves.

// %%
torch.manualSeed(0); // so that all figures are the same each time, and PyTorch's
const published = new torch.LeNet5();
await display(draw.architecture(published, { inputShape: published.inputShape }));

// %% [markdown]
// What each layer has to learn, and how many connections it makes:

// %%
await display(torch.summary(published, [1, 32, 32]));

// %% [markdown]
// ### Pooling
//
// Four pixels are added, multiplied with a weight, and moved by a bias: two parameters for each map.

// %%
await display(draw.pooling(published));

// %% [markdown]
// ### Layer C3
//
// Each of its sixteen maps sees some of the six maps below it.

// %%
await display(draw.connections(published));

// %% [markdown]
// ## The chapter's network
//
// Convolutions with a sigmoid and max-pooling find patterns and where they roughly are; fully connected layers tell classes by them.

// %%
// [32]
class LeNet extends nn.Module {
  conv = new nn.Sequential(
    new nn.Conv2d(1, 6, 5), // inChannels, outChannels, kernelSize
    new nn.Sigmoid(),
    new nn.MaxPool2d(2, 2), // kernelSize, stride
    new nn.Conv2d(6, 16, 5),
    new nn.Sigmoid(),
    new nn.MaxPool2d(2, 2),
  );

  fc = new nn.Sequential(
    new nn.Linear(16 * 4 * 4, 120),
    new nn.Sigmoid(),
    new nn.Linear(120, 84),
    new nn.Sigmoid(),
    new nn.Linear(84, 10),
  );

  forward(img: torch.Tensor): torch.Tensor {
    const feature = this.conv.forward(img);
    return this.fc.forward(feature.view(img.size(0), -1));
  }
}

// %%
// [33]
torch.manualSeed(0);
const net = new LeNet();
await display(net);

// %%
// [34]
const batchSize = 256;
const [trainIter, testIter] = await torch.loadDataFashionMnist({ batchSize });

// %%
// [35]
function evaluateAccuracy(dataIter: torch.data.BatchIterable, net: nn.Module): number {
  let accSum = 0;
  let n = 0;
  torch.noGrad(() => {
    for (const [X, y] of dataIter) {
      net.eval(); // no dropout
      const right = net.forward(X.to(device)).argmax(1).eq(y.to(device));
      accSum += Number(right.sum().item());
      net.train();
      n += y.size(0);
    }
  });
  return accSum / n;
}

// %%
// [36]
async function trainCh5(
  net: nn.Module,
  trainIter: torch.data.BatchIterable,
  testIter: torch.data.BatchIterable,
  optimizer: optim.Optimizer,
  numEpochs: number,
): Promise<void> {
  net.to(device);
  console.log(`training on ${device}`);
  const loss = new nn.CrossEntropyLoss();
  for (let epoch = 1; epoch <= numEpochs; epoch++) {
    const start = performance.now();
    let [trainLSum, trainAccSum, n, batchCount] = [0, 0, 0, 0];
    for (const [images, labels] of trainIter) {
      const X = images.to(device);
      const y = labels.to(device);
      const yHat = net.forward(X);
      const l = loss.forward(yHat, y);
      optimizer.zeroGrad();
      l.backward();
      optimizer.step();
      trainLSum += Number(l.item());
      trainAccSum += Number(yHat.argmax(1).eq(y).sum().item());
      n += y.size(0);
      batchCount++;
    }
    const testAcc = evaluateAccuracy(testIter, net);
    const trained = `loss ${(trainLSum / batchCount).toFixed(4)}, train acc ${(trainAccSum / n).toFixed(3)}`;
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`epoch ${epoch}, ${trained}, test acc ${testAcc.toFixed(3)}, time ${seconds} sec`);
    await new Promise((resolve) => setTimeout(resolve, 20)); // what was printed is shown
  }
}

// %%
// [37]
const lr = 0.001;
const numEpochs = 5;
const optimizer = new optim.Adam(net.parameters(), { lr });
await trainCh5(net, trainIter, testIter, optimizer, numEpochs);

// %% [markdown]
// ## The same in one line
//
// `torch.train` and `torch.evaluate` are the chapter's two functions. They give the same figures in less time (the fused engine
// trains a network of this kind), show how far an epoch is, and stop where they are when the notebook is interrupted.

// %%
torch.manualSeed(0);
const again = new LeNet();
const adam = new optim.Adam(again.parameters(), { lr: 0.001 });
const history = await torch.train(again, trainIter, testIter, batchSize, adam, device, numEpochs);
await display(history);

// %%
await display(draw.curves([{ name: 'LeNet, lr 0.001', epochs: history.epochs }]));

// %% [markdown]
// What the trained network sees in a test image, and what it takes for what:

// %%
const { images, targets, classes: names } = new torch.data.FashionMNIST({ train: false });
const inputs = new torch.data.transforms.ToTensor().forward(images);
await display(
  draw.features(again, inputs.narrow(0, 0, 1), {
    classes: names,
    label: Number(targets.select(0, 0).item()),
  }),
);

// %%
const scores = await torch.predict(again, inputs);
await display(draw.confusion(torch.confusionMatrix(scores, targets), { classes: names }));
await display(draw.mistakes(images, targets, scores, { classes: names, count: 10 }));

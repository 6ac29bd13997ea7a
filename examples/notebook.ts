// The chapter "LeNet", cell by cell. Run: npm run example -- notebook
import * as torch from 'lenet-torch';
import { evaluate, loadDataFashionMnist, nn, optim, train } from 'lenet-torch';

// In [22]
const device = torch.device(torch.cuda.isAvailable() ? 'cuda' : 'cpu');
console.log(device);

// In [32]
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
    return this.fc.forward(feature.view(img.shape[0] as number, -1));
  }
}

// In [33]
const net = new LeNet();
console.log(net);

// In [34]
const batchSize = 256;
const [trainIter, testIter] = await loadDataFashionMnist({ batchSize });

// In [35] is the package's evaluate(), In [36] its train()
const untrained = await evaluate(testIter, net);
console.log(`before training, test acc ${untrained.toFixed(3)}`);

// In [37]; the number of epochs may be given on the command line
const lr = 0.001;
const numEpochs = Number(process.argv[2] ?? 5);
const optimizer = new optim.Adam(net.parameters(), { lr });
await train(net, trainIter, testIter, batchSize, optimizer, device, numEpochs);

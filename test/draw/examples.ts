import * as torch from '../../lib/index.js';

const { draw, nn } = torch;

const run = (name: string, epochs: number, shift = 0) => ({
  name,
  epochs: Array.from({ length: epochs }, (_, i) => ({
    epoch: i + 1,
    loss: 2 / (i + 1) + shift,
    trainAcc: 0.9 - 0.6 / (i + 1) - shift / 10,
    testAcc: 0.88 - 0.6 / (i + 1) - shift / 10,
  })),
});

const manyClasses = torch.data.FashionMNIST.classes;
const counts = (scale: number): number[][] =>
  Array.from({ length: 10 }, (_, y) =>
    Array.from({ length: 10 }, (_, x) => (x === y ? 900 * scale : ((3 * x + 7 * y) % 11) * scale)),
  );

torch.manualSeed(0);
const lenet = new torch.LeNet();
const lenet5 = new torch.LeNet5({ squash: 'tanh' });
const sigmoid = new torch.LeNet5();
const broken = new torch.LeNet();
torch.noGrad(() =>
  broken.conv.at(0).loadStateDict({
    weight: torch.full([6, 1, 5, 5], Number.NaN),
    bias: torch.zeros(6),
  }),
);
const wide = new nn.Sequential(
  new nn.Conv2d(3, 40, 3, { padding: 1 }),
  new nn.ReLU(),
  new nn.AvgPool2d(2),
  new nn.Flatten(),
  new nn.Linear(40 * 8 * 12, 300),
  new nn.Tanh(),
  new nn.Linear(300, 2),
);
const image = torch.rand([1, 1, 28, 28]);
const padded = torch.rand([1, 1, 32, 32]);
const wideImage = torch.rand([3, 16, 24]);
const images = torch.rand([60, 1, 28, 28]);
const labels = torch.arange(60).remainder(10);
const scores = torch.randn([60, 10]);

export { broken, image, images, labels, lenet, lenet5, padded, run, scores, wide, wideImage };

/** Pictures of every kind, ordinary ones and those at the edges, by name. */
export const pictures: Readonly<Record<string, (theme: 'light' | 'dark') => string>> = {
  'architecture of LeNet': (theme) => draw.architecture(lenet, { theme }),
  'architecture of LeNet5': (theme) =>
    draw.architecture(lenet5, { theme, inputShape: [1, 32, 32] }),
  'architecture of another network': (theme) =>
    draw.architecture(wide, { theme, inputShape: [3, 16, 24] }),
  'architecture of one layer': (theme) =>
    draw.architecture(new nn.Linear(4, 2), { theme, inputShape: [1, 1, 4] }),
  'connections of LeNet5': (theme) => draw.connections(lenet5, { theme }),
  'connections of LeNet': (theme) => draw.connections(lenet, { theme }),
  'connections of few maps': (theme) =>
    draw.connections(new nn.PartialConv2d(2, [[0], [0, 1]], 3, { bias: false }), { theme }),
  'pooling of LeNet5': (theme) => draw.pooling(lenet5, { theme, map: 5 }),
  'pooling with the sigmoid': (theme) => draw.pooling(sigmoid, { theme }),
  'max pooling': (theme) => draw.pooling(lenet, { theme }),
  'mean pooling': (theme) => draw.pooling(new nn.AvgPool2d([2, 4]), { theme }),
  'features of LeNet': (theme) =>
    draw.features(lenet, image, { theme, classes: manyClasses, label: 9 }),
  'features of two networks': (theme) =>
    draw.features(lenet, image, {
      theme,
      classes: manyClasses,
      title: 'a title that is much too long for the column that it stands above '.repeat(2),
      beside: { net: lenet5, image: padded },
    }),
  'features of another network': (theme) => draw.features(wide, wideImage, { theme }),
  'features of zeros': (theme) => draw.features(lenet, torch.zeros([1, 28, 28]), { theme }),
  'features that are NaN': (theme) => draw.features(broken, image, { theme }),
  'filters of LeNet': (theme) => draw.filters(lenet, { theme }),
  'filters of LeNet5': (theme) => draw.filters(lenet5, { theme }),
  'filters of another network': (theme) => draw.filters(wide, { theme }),
  'filters that are NaN': (theme) => draw.filters(broken, { theme }),
  'curves of one run': (theme) => draw.curves([run('run', 5)], { theme }),
  'curves of one epoch': (theme) => draw.curves([run('run', 1)], { theme }),
  'curves of 1000 epochs': (theme) => draw.curves([run('run', 1000)], { theme }),
  'curves of several runs': (theme) =>
    draw.curves(
      [run('a', 10), run('b <&> "c"', 8, 0.3), run('long '.repeat(60), 3, 0.5), run('中文', 9, 1)],
      { theme },
    ),
  'curves without a finite loss': (theme) =>
    draw.curves([{ name: 'lost', epochs: [{ epoch: 1, loss: Number.NaN, testAcc: 0.1 }] }], {
      theme,
    }),
  confusion: (theme) => draw.confusion(counts(1), { theme, classes: manyClasses }),
  'confusion of many': (theme) => draw.confusion(counts(70), { theme, title: 'many' }),
  'confusion of one class': (theme) =>
    draw.confusion([[0]], { theme, classes: ['a class with quite a long name'] }),
  mistakes: (theme) => draw.mistakes(images, labels, scores, { theme, classes: manyClasses }),
  'no mistakes': (theme) => draw.mistakes(images, scores.argmax({ dim: 1 }), scores, { theme }),
};

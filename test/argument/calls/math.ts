// Right calls, but for their options, of the functions of lib/math/ and the factories that take some.
import { fileURLToPath } from 'node:url';
import * as torch from '../../../lib/index.js';
import { type Calls, x } from './inputs.js';

const { linalg, special, fft } = torch;
const square = () => torch.eye(2).mul(2);
const vector = () => torch.ones(2);

// biome-ignore lint/suspicious/noExplicitAny: functions of all kinds
const functionAt = (path: string): ((...args: any[]) => unknown) =>
  path.split('.').reduce((owner, key) => Reflect.get(owner, key), torch as object) as never;

const each = <T>(prefix: string, names: string, call: (path: string) => T) =>
  Object.fromEntries(names.split(' ').map((name) => [prefix + name, call(prefix + name)]));

const of = (input: () => unknown) => (path: string) => (o: unknown) => functionAt(path)(input(), o);

export const mathCalls: Calls = {
  ...each('fft.', 'fft ifft rfft irfft hfft ihfft fft2 ifft2 rfft2 irfft2 hfft2 ihfft2', of(x)),
  ...each('fft.', 'fftn ifftn rfftn irfftn hfftn ihfftn fftshift ifftshift', of(x)),
  'fft.fftfreq': (o) => fft.fftfreq(4, 1, o),
  'fft.rfftfreq': (o) => fft.rfftfreq(4, 1, o),
  ...each('linalg.', 'cholesky choleskyEx qr eigh eigvalsh svd svdvals lu luFactor', of(square)),
  ...each('linalg.', 'luFactorEx ldlFactor ldlFactorEx vander diagonal cond norm', of(square)),
  ...each('linalg.', 'vectorNorm matrixNorm invEx pinv matrixRank', of(square)),
  'linalg.cross': (o) => linalg.cross(x(), x(), o),
  'linalg.vecdot': (o) => linalg.vecdot(x(), x(), o),
  'linalg.solve': (o) => linalg.solve(square(), square(), o),
  'linalg.solveEx': (o) => linalg.solveEx(square(), square(), o),
  'linalg.solveTriangular': [(o) => linalg.solveTriangular(square(), square(), o), { upper: true }],
  'linalg.luSolve': (o) => linalg.luSolve(...linalg.luFactor(square()), square(), o),
  'linalg.ldlSolve': (o) => linalg.ldlSolve(...linalg.ldlFactor(square()), square(), o),
  'linalg.lstsq': (o) => linalg.lstsq(square(), square(), o),
  'linalg.tensorinv': (o) => linalg.tensorinv(torch.eye(4).reshape(2, 2, 2, 2), o),
  'linalg.tensorsolve': (o) =>
    linalg.tensorsolve(torch.eye(4).reshape(2, 2, 2, 2), torch.ones(2, 2), o),
  'special.logit': (o) => special.logit(x(), o),
  'special.logsumexp': [(o) => special.logsumexp(x(), o), { dim: 0 }],
  'special.softmax': (o) => special.softmax(x(), 0, o),
  'special.logSoftmax': (o) => special.logSoftmax(x(), 0, o),
  'special.round': (o) => special.round(x(), o),
  ...each(
    '',
    'concat concatenate cat stack',
    of(() => [x(), x()]),
  ),
  ...each('', 'trapezoid trapz cumulativeTrapezoid gradient stdMean varMean', of(x)),
  ...each('', 'normExceptDim poisson svdLowrank pcaLowrank', of(square)),
  ...each('', 'combinations vander', of(vector)),
  lu: (o) => torch.lu(square(), o as object),
  'Tensor#lu': (o) => square().lu(o as object),
  cdist: (o) => torch.cdist(x(), x(), o),
  luUnpack: (o) => torch.luUnpack(...linalg.luFactor(square()), o),
  bucketize: (o) => torch.bucketize(x(), vector(), o),
  searchsorted: (o) => torch.searchsorted(vector(), x(), o),
  isin: (o) => torch.isin(x(), vector(), o),
  histogramdd: (o) => torch.histogramdd(torch.rand(4, 2), 2, o),
  segmentReduce: [
    (o) => torch.segmentReduce(vector(), 'sum', o),
    { lengths: torch.tensor([1n, 1n]) },
  ],
  binomial: (o) => torch.binomial(vector(), vector(), o),
  rsub: (o) => torch.rsub(x(), x(), o),
  asTensor: (o) => torch.asTensor([1, 2], o),
  asarray: (o) => torch.asarray([1, 2], o),
  frombuffer: [(o) => torch.frombuffer(new Uint8Array(8), o), { dtype: 'float32' }],
  fromFile: (o) => torch.fromFile(fileURLToPath(import.meta.url), false, 4, o),
  randintLike: (o) => torch.randintLike(x(), 0, 2, o),
  normal: (o) => torch.normal(0, 1, [2], o),
  logspace: (o) => torch.logspace(0, 1, 3, 10, o),
  trilIndices: (o) => torch.trilIndices(2, 2, 0, o),
  triuIndices: (o) => torch.triuIndices(2, 2, 0, o),
  emptyStrided: (o) => torch.emptyStrided([2], [1], o),
  emptyPermuted: (o) => torch.emptyPermuted([2], [0], o),
  scalarTensor: (o) => torch.scalarTensor(1, o),
  ...each(
    '',
    'bartlettWindow blackmanWindow hannWindow',
    (path) => (o) => functionAt(path)(4, true, o),
  ),
  hammingWindow: (o) => torch.hammingWindow(4, true, 0.5, 0.5, o),
  kaiserWindow: (o) => torch.kaiserWindow(4, true, 8, o),
};

/** Those that take something by position there too: a dimension, several, a tolerance, a generator. */
export const mathByPosition =
  /^fft\.(?!r?fftfreq)|^linalg\.(qr|eigh|eigvalsh|svd|cond|norm|vectorNorm|matrixNorm|lstsq|pinv|matrixRank|tensorinv|tensorsolve)$|^special\.(logit|logsumexp|softmax)$|^(cat|stack|concat|concatenate|combinations|trapezoid|trapz|cumulativeTrapezoid|vander|cdist|luUnpack|svdLowrank|pcaLowrank|stdMean|varMean|normExceptDim|poisson|binomial|rsub)$/;

/** Those that take a word there, or null. */
export const mathAlso: Record<string, readonly string[]> = {
  ...each('linalg.', 'qr eigh eigvalsh cond norm matrixNorm', () => ['a word']),
  histogramdd: ['null'],
};

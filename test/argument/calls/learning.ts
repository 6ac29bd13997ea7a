// Of optim and autograd.
import * as torch from '../../../lib/index.js';
import { type Calls, parameter, x } from './inputs.js';

const { autograd, nn, optim } = torch;
const { lrScheduler: schedules } = optim;
const leaf = () => torch.ones([2], { dtype: 'float64', requiresGrad: true });
const doubled = (y: torch.Tensor) => y.mul(2);
const summed = (y: torch.Tensor) => y.square().sum();
const plainSGD = () => new optim.SGD(parameter());

export const learningCalls: Calls = {
  'new optim.Adam': (o) => new optim.Adam(parameter(), o),
  'new optim.AdamW': (o) => new optim.AdamW(parameter(), o),
  'new optim.ASGD': (o) => new optim.ASGD(parameter(), o),
  'new optim.Adadelta': (o) => new optim.Adadelta(parameter(), o),
  'new optim.Adafactor': (o) => new optim.Adafactor(parameter(), o),
  'new optim.Adagrad': (o) => new optim.Adagrad(parameter(), o),
  'new optim.Adamax': (o) => new optim.Adamax(parameter(), o),
  'new optim.LBFGS': (o) => new optim.LBFGS(parameter(), o),
  'new optim.NAdam': (o) => new optim.NAdam(parameter(), o),
  'new optim.RAdam': (o) => new optim.RAdam(parameter(), o),
  'new optim.Rprop': (o) => new optim.Rprop(parameter(), o),
  'new optim.SparseAdam': (o) => new optim.SparseAdam(parameter(), o),
  'new optim.Muon': (o) => new optim.Muon([torch.ones(2, 2, { requiresGrad: true })], o),
  'new optim.SGD': (o) => new optim.SGD(parameter(), o),
  'new optim.RMSprop': (o) => new optim.RMSprop(parameter(), o),
  'new optim.lrScheduler.StepLR': (o) => new schedules.StepLR(plainSGD(), 1, o),
  'new optim.lrScheduler.ChainedScheduler': (o) =>
    new schedules.ChainedScheduler([new schedules.StepLR(plainSGD(), 1)], o),
  'new optim.lrScheduler.ConstantLR': (o) => new schedules.ConstantLR(plainSGD(), o),
  'new optim.lrScheduler.CosineAnnealingLR': (o) =>
    new schedules.CosineAnnealingLR(plainSGD(), 3, o),
  'new optim.lrScheduler.CosineAnnealingWarmRestarts': (o) =>
    new schedules.CosineAnnealingWarmRestarts(plainSGD(), 3, o),
  'new optim.lrScheduler.CyclicLR': (o) => new schedules.CyclicLR(plainSGD(), 0.1, 1, o),
  'new optim.lrScheduler.ExponentialLR': (o) => new schedules.ExponentialLR(plainSGD(), 0.9, o),
  'new optim.lrScheduler.LambdaLR': (o) => new schedules.LambdaLR(plainSGD(), () => 1, o),
  'new optim.lrScheduler.LinearLR': (o) => new schedules.LinearLR(plainSGD(), o),
  'new optim.lrScheduler.MultiStepLR': (o) => new schedules.MultiStepLR(plainSGD(), [3], o),
  'new optim.lrScheduler.MultiplicativeLR': (o) =>
    new schedules.MultiplicativeLR(plainSGD(), () => 1, o),
  'new optim.lrScheduler.OneCycleLR': [
    (o) => new schedules.OneCycleLR(plainSGD(), 1, o),
    { totalSteps: 9 },
  ],
  'new optim.lrScheduler.PolynomialLR': (o) => new schedules.PolynomialLR(plainSGD(), o),
  'new optim.lrScheduler.ReduceLROnPlateau': (o) => new schedules.ReduceLROnPlateau(plainSGD(), o),
  'new optim.lrScheduler.SequentialLR': (o) => {
    const optimizer = plainSGD();
    return new schedules.SequentialLR(optimizer, [new schedules.StepLR(optimizer, 1)], [], o);
  },
  'new optim.swaUtils.SWALR': (o) => new optim.swaUtils.SWALR(plainSGD(), 0.1, o),
  'optim.Optimizer#zeroGrad': (o) => new optim.SGD(parameter()).zeroGrad(o),
  'autograd.grad': (o) => {
    const y = leaf();
    return autograd.grad(y.sum(), y, o);
  },
  'autograd.backward': (o) => autograd.backward(x().requiresGrad_().sum(), null, o),
  'autograd.gradcheck': (o) => autograd.gradcheck(doubled, leaf(), o),
  'autograd.gradgradcheck': (o) => autograd.gradgradcheck(doubled, leaf(), o),
  'autograd.detectAnomaly': (o) => autograd.detectAnomaly(() => {}, o),
  'autograd.setDetectAnomaly': (o) => autograd.setDetectAnomaly(false, o),
  'autograd.inferenceMode': (o) => autograd.inferenceMode(() => {}, o),
  inferenceMode: (o) => torch.inferenceMode(() => {}, o),
  'autograd.functional.jacobian': (o) => autograd.functional.jacobian(doubled, leaf(), o),
  'autograd.functional.hessian': (o) => autograd.functional.hessian(summed, leaf(), o),
  'autograd.functional.vjp': (o) => autograd.functional.vjp(doubled, leaf(), leaf(), o),
  'autograd.functional.jvp': (o) => autograd.functional.jvp(doubled, leaf(), leaf(), o),
  'autograd.functional.vhp': (o) => autograd.functional.vhp(summed, leaf(), leaf(), o),
  'autograd.functional.hvp': (o) => autograd.functional.hvp(summed, leaf(), leaf(), o),
  'new optim.swaUtils.AveragedModel': (o) =>
    new optim.swaUtils.AveragedModel(new nn.Linear(2, 2), o),
};

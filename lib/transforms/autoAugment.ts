import { atMost } from '../argument/atMost.js';
import { flag, integer, oneOf, orNull } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import { pythonText } from '../nn/module/repr.js';
import { full, rand, randint, type Tensor } from '../tensor/index.js';
import { tidy } from '../tensor/scope.js';
import { type PolicyName, rulesOf } from './augmentPolicies.js';
import { change, drawnChange, type Space, spaceOf } from './augmentSpace.js';
import { transform } from './base.js';
import { integerFrom } from './draws.js';
import { asBatch, sizesOf } from './functional/pixels.js';
import { type Fill, fillKind, finite, lightKind, type WarpMode, warpModes } from './kinds.js';

/** The data sets that policies of {@link AutoAugment} were found for. */
export const AutoAugmentPolicy = Object.freeze({
  IMAGENET: 'imagenet',
  CIFAR10: 'cifar10',
  SVHN: 'svhn',
} as const);

const common = {
  interpolation: oneOf(...warpModes).or('nearest'),
  fill: orNull(fillKind).or(null),
};

const modeText = (mode: WarpMode): string => `InterpolationMode.${mode.toUpperCase()}`;

// What AutoAugment and RandAugment choose from, for an image.
function usualSpace(bins: number, img: Tensor): Space {
  const [, height, width] = sizesOf(img);
  const translate = [(150 / 331) * width, (150 / 331) * height] as const;
  return spaceOf(bins, { shear: 0.3, translate, rotate: 30, color: 0.9, bits: [8, 4] }, 'amid');
}

/**
 * One of the pairs of changes that were found to help with a data set; mirrors torchvision's `AutoAugment` of tensors, with
 * its draws.
 *
 * Shape: uint8 `(1 or 3, H, W)` or batches, which are changed alike.
 *
 * @param policy - `'imagenet'`, `'cifar10'` or `'svhn'`. Default `'imagenet'`.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'nearest'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default `null`: zeros.
 * @example
 * const augment = new data.transforms.AutoAugment('cifar10');
 * augment.forward(torch.zeros([3, 32, 32], { dtype: 'uint8' })).shape; // → [ 3, 32, 32 ]
 * augment; // → AutoAugment(policy=AutoAugmentPolicy.CIFAR10, fill=None)
 */
export class AutoAugment extends transform<
  [],
  [policy?: PolicyName, interpolation?: WarpMode, fill?: Fill | null]
>()('AutoAugment', { policy: oneOf('imagenet', 'cifar10', 'svhn').or('imagenet'), ...common }) {
  /** Draws a pair, then for each of its changes a number to hold against its probability, and a sign. */
  static getParams(transformNum: number): [policyId: number, probs: Tensor, signs: Tensor] {
    atMost('AutoAugment.getParams', 1, arguments.length);
    const count = integer(1).read('AutoAugment.getParams: transformNum', transformNum);
    return [integerFrom(0, count), rand([2]), randint(0, 2, [2])];
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return `policy=AutoAugmentPolicy.${this.policy.toUpperCase()}, fill=${pythonText(this.fill)}`;
  }

  forward(img: Tensor): Tensor {
    atMost('AutoAugment.forward', 1, arguments.length);
    const policies = rulesOf(this.policy);
    const space = new Map(usualSpace(10, lightKind.read('AutoAugment: img', img)));
    const [chosen, probs, signs] = tidy(() => {
      const [id, p, s] = AutoAugment.getParams(policies.length);
      return [id, p.tolist() as number[], s.tolist() as number[]] as const;
    });
    return policies[chosen]!.reduce((changed, [name, p, magnitude], i) => {
      // In float32, as torchvision compares.
      if (probs[i]! > Math.fround(p)) return changed;
      const { values, signed } = space.get(name) ?? {};
      const by = magnitude === null ? 0 : values![magnitude]!;
      const turned = signed && signs[i] === 0 ? -by : by;
      return change(changed, name, turned, this.interpolation, this.fill);
    }, img);
  }
}

/**
 * Some changes of one strength, drawn one after another; mirrors torchvision's `RandAugment` of tensors, with its draws.
 *
 * Shape: uint8 `(1 or 3, H, W)` or batches, which are changed alike.
 *
 * @param numOps - How many. Default 2.
 * @param magnitude - How strong, from 0 to below `numMagnitudeBins`. Default 9.
 * @param numMagnitudeBins - Steps that strength is divided in. Default 31.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'nearest'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default `null`: zeros.
 * @example
 * const image = torch.full([1, 8, 8], 9, { dtype: 'uint8' });
 * new data.transforms.RandAugment({ numOps: 0 }).forward(image).equal(image); // → true
 * new data.transforms.RandAugment(3, 5).forward(image).shape; // → [ 1, 8, 8 ]
 */
export class RandAugment extends transform<
  [],
  [
    numOps?: number,
    magnitude?: number,
    numMagnitudeBins?: number,
    interpolation?: WarpMode,
    fill?: Fill | null,
  ]
>()('RandAugment', {
  numOps: integer(0).or(2),
  magnitude: integer(0).or(9),
  numMagnitudeBins: integer(2).or(31),
  ...common,
}) {
  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const { numOps, magnitude, numMagnitudeBins, interpolation, fill } = this;
    return [
      `num_ops=${numOps}, magnitude=${magnitude}, num_magnitude_bins=${numMagnitudeBins}`,
      `interpolation=${modeText(interpolation)}, fill=${pythonText(fill)}`,
    ].join(', ');
  }

  forward(img: Tensor): Tensor {
    atMost('RandAugment.forward', 1, arguments.length);
    const { magnitude, numMagnitudeBins } = this;
    let changed = lightKind.read('RandAugment: img', img);
    if (magnitude >= numMagnitudeBins) {
      throw invalidArgument(
        `RandAugment: magnitude: expected less than numMagnitudeBins, ${numMagnitudeBins}, got ${magnitude}`,
      );
    }
    const space: Space = [['Identity', {}], ...usualSpace(numMagnitudeBins, img)];
    for (let i = 0; i < this.numOps; i++) {
      const [name, by] = drawnChange(space, () => magnitude);
      changed = change(changed, name, by, this.interpolation, this.fill);
    }
    return changed;
  }
}

/**
 * One change of any strength; mirrors torchvision's `TrivialAugmentWide` of tensors, with its draws.
 *
 * Shape: uint8 `(1 or 3, H, W)` or batches, which are changed alike.
 *
 * @param numMagnitudeBins - Steps that strength is divided in. Default 31.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'nearest'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default `null`: zeros.
 * @example
 * const image = torch.zeros([4, 1, 28, 28], { dtype: 'uint8' });
 * new data.transforms.TrivialAugmentWide().forward(image).shape; // → [ 4, 1, 28, 28 ]
 */
export class TrivialAugmentWide extends transform<
  [],
  [numMagnitudeBins?: number, interpolation?: WarpMode, fill?: Fill | null]
>()('TrivialAugmentWide', { numMagnitudeBins: integer(2).or(31), ...common }) {
  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const { numMagnitudeBins: bins, interpolation, fill } = this;
    return `num_magnitude_bins=${bins}, interpolation=${modeText(interpolation)}, fill=${pythonText(fill)}`;
  }

  forward(img: Tensor): Tensor {
    atMost('TrivialAugmentWide.forward', 1, arguments.length);
    lightKind.read('TrivialAugmentWide: img', img);
    const most = {
      shear: 0.99,
      translate: [32, 32],
      rotate: 135,
      color: 0.99,
      bits: [8, 6],
    } as const;
    const space: Space = [['Identity', {}], ...spaceOf(this.numMagnitudeBins, most, 'amid')];
    const [name, by] = drawnChange(space, (values) => integerFrom(0, values.length));
    return change(img, name, by, this.interpolation, this.fill);
  }
}

const sampleDirichlet = bind<(concentration: Tensor) => Tensor>('_sample_dirichlet');

/**
 * A mixture of the image and of chains of changes of it; mirrors torchvision's `AugMix` of tensors, with its draws.
 *
 * Shape: uint8 `(1 or 3, H, W)` or batches, of which each image has shares of its own.
 *
 * @param severity - How strong changes are at most, 1–10. Default 3.
 * @param mixtureWidth - How many chains. Default 3.
 * @param chainDepth - How many changes in a chain; below 1: one to three, drawn. Default −1.
 * @param alpha - How even the shares are, more than 0. Default 1.
 * @param allOps - Whether brightness, saturation, contrast and sharpness are changed too. Default true.
 * @param interpolation - `'nearest'` or `'bilinear'`. Default `'bilinear'`.
 * @param fill - What is beyond the image: one number or one for each channel. Default `null`: zeros.
 * @example
 * const image = torch.full([3, 8, 8], 128, { dtype: 'uint8' });
 * const mixed = new data.transforms.AugMix({ severity: 1, chainDepth: 2 }).forward(image);
 * [mixed.dtype, mixed.shape]; // → [ 'uint8', [ 3, 8, 8 ] ]
 */
export class AugMix extends transform<
  [],
  [
    severity?: number,
    mixtureWidth?: number,
    chainDepth?: number,
    alpha?: number,
    allOps?: boolean,
    interpolation?: WarpMode,
    fill?: Fill | null,
  ]
>()(
  'AugMix',
  {
    severity: finite(
      'an integer from 1 to 10',
      (given) => Number.isInteger(given) && given >= 1 && given <= 10,
    ).or(3),
    mixtureWidth: integer(1).or(3),
    chainDepth: integer().or(-1),
    alpha: finite('a number > 0', (given) => given > 0).or(1),
    allOps: flag.or(true),
    interpolation: oneOf(...warpModes).or('bilinear'),
    fill: common.fill,
  },
  'severity={severity}, mixture_width={mixtureWidth}, chain_depth={chainDepth}, alpha={alpha:float}, all_ops={allOps}',
) {
  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    const { interpolation, fill } = this;
    return `${super.extraRepr()}, interpolation=${modeText(interpolation)}, fill=${pythonText(fill)}`;
  }

  forward(img: Tensor): Tensor {
    atMost('AugMix.forward', 1, arguments.length);
    const [, height, width] = sizesOf(lightKind.read('AugMix: img', img));
    const most = {
      shear: 0.3,
      translate: [width / 3, height / 3],
      rotate: 30,
      color: 0.9,
      bits: [4, 4],
    } as const;
    const space = spaceOf(10, most, this.allOps ? 'last' : 'none');
    return tidy(() => asBatch(img, (images) => this.#mixed(images, space)).to(img.dtype));
  }

  #mixed(images: Tensor, space: Space): Tensor {
    const { alpha, mixtureWidth, chainDepth, severity, interpolation, fill } = this;
    const count = images.shape[0]!;
    const { device } = images;
    const shares = sampleDirichlet(full([count, 2], alpha, { device }));
    const own = sampleDirichlet(full([count, mixtureWidth], alpha, { device }));
    const each = own.mul(shares.narrow(1, 1, 1));
    const asWeights = (weights: Tensor, i: number): Tensor =>
      weights.select(1, i).view(count, ...images.shape.slice(1).map(() => 1));
    let mix = asWeights(shares, 0).mul(images);
    for (let i = 0; i < mixtureWidth; i++) {
      let changed = images;
      const depth = chainDepth > 0 ? chainDepth : integerFrom(1, 4);
      for (let k = 0; k < depth; k++) {
        const [name, by] = drawnChange(space, () => integerFrom(0, severity));
        changed = change(changed, name, by, interpolation, fill);
      }
      mix = mix.add(asWeights(each, i).mul(changed));
    }
    return mix;
  }
}

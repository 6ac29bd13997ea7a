import type { ImageModel } from '../../models/imageModel.js';
import type { Torch } from '../torch.js';

/** Settings of networks as the command line has them. */
export interface ModelSettings {
  readonly squash?: 'sigmoid' | 'tanh' | undefined;
  readonly loss?: 'penalty' | 'discriminative' | undefined;
  readonly j?: number | undefined;
  readonly numClasses?: number | undefined;
}

/** A network that the commands know by name. What it takes and what its files say, it says itself. */
export interface KnownModel {
  make(settings: ModelSettings): ImageModel;
  /** The settings that it has. */
  readonly settings: readonly (keyof ModelSettings)[];
  /** Adam's learning rate that suits it. */
  readonly lr: number;
}

export const modelNames = ['lenet', 'lenet5'] as const;
export type ModelName = (typeof modelNames)[number];

/** The networks, by the name that a weights file carries as `model`: the class's, in lower case. */
export function knownModels(torch: Torch): Readonly<Record<ModelName, KnownModel>> {
  return {
    lenet: {
      make: ({ numClasses = 10 }) => new torch.LeNet({ numClasses }),
      settings: [],
      lr: 0.001,
    },
    lenet5: {
      // The class's default is the chapter's sigmoid, which learns slowly from where the paper begins.
      make: ({ squash = 'tanh', loss: criterion, j }) =>
        new torch.LeNet5({
          squash,
          ...(criterion !== undefined && { criterion }),
          ...(j !== undefined && { j }),
        }),
      settings: ['squash', 'loss', 'j'],
      lr: 0.003,
    },
  };
}

export const isKnown = (name: string): name is ModelName =>
  (modelNames as readonly string[]).includes(name);

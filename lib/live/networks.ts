import { getRngState, setRngState } from '../context/random.js';
import { TorchError } from '../error.js';
import { LeNet } from '../models/lenet.js';
import { LeNet5 } from '../models/lenet5.js';
import type { Module } from '../nn/index.js';
import { Module as ModuleClass } from '../nn/index.js';

/** A network of the kind that a run trains, to be given weights of any of its epochs. */
export type MakeNetwork = () => Module;

/** What is known of the network that a run trains. */
export interface Trained {
  /** As `config.json` and files of weights have it. */
  readonly name: string;
  /** Dtype and shape of its state. */
  readonly state: Readonly<Record<string, string>>;
  /** The network itself, where this process trains it. */
  readonly net?: Module | undefined;
}

type Metadata = Readonly<Record<string, string>>;

/**
 * Makes a network like the one that a run trains: by what the program gave for it, the package's own by their names, and
 * those that need no arguments. Nothing is drawn from the training's generator.
 *
 * @param metadata - Of its weights.
 *
 * @throws {TorchError} `ERR_NOT_FOUND` for a network that nobody here can make.
 */
export function makeLike(
  trained: Trained,
  metadata: Metadata,
  make: MakeNetwork | undefined,
): Module {
  const state = getRngState();
  try {
    const net = make === undefined ? known(trained, metadata) : make();
    requireSameState(net, trained);
    for (const parameter of net.parameters()) {
      parameter.requiresGrad = false;
    }
    return net.eval();
  } finally {
    setRngState(state);
    state.dispose();
  }
}

function known({ name, net }: Trained, metadata: Metadata): Module {
  if (name === 'lenet') return new LeNet();
  if (name === 'lenet5') {
    const { squash } = metadata as { squash?: 'sigmoid' | 'tanh' };
    return new LeNet5(squash === undefined ? {} : { squash });
  }
  if (net !== undefined && net.constructor.length === 0) {
    try {
      const made: unknown = Reflect.construct(net.constructor, []);
      if (made instanceof ModuleClass) return made;
    } catch {
      // It does need arguments after all.
    }
  }
  throw unknownNetwork(name);
}

const unknownNetwork = (name: string, found = ''): TorchError =>
  new TorchError(
    'ERR_NOT_FOUND',
    `a second network like the run's (${name}) cannot be made here${found}: give torch.live the option model, a function that makes one`,
  );

function requireSameState(net: Module, { name, state }: Trained): void {
  const own = Object.entries(net.stateDict()).map(([key, tensor]) => {
    const text = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    tensor.dispose();
    return [key, text] as const;
  });
  const isSame =
    own.length === Object.keys(state).length && own.every(([key, text]) => state[key] === text);
  if (!isSame) throw unknownNetwork(name, ', for its weights have other names or shapes');
}

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
    const net = like(trained, metadata, make);
    for (const parameter of net.parameters()) {
      parameter.requiresGrad = false;
    }
    return net.eval();
  } finally {
    setRngState(state);
    state.dispose();
  }
}

// One page shows runs of several networks: what the program makes is for those that it fits.
function like(trained: Trained, metadata: Metadata, make: MakeNetwork | undefined): Module {
  const given = make && madeBy(make, trained);
  if (given !== undefined && hasState(given, trained)) return given;
  const own = known(trained, metadata);
  if (own !== undefined && hasState(own, trained)) return own;
  const isOther = given !== undefined || own !== undefined;
  throw unknownNetwork(trained, isOther ? ', for its weights have other names or shapes' : '');
}

function madeBy(make: MakeNetwork, trained: Trained): Module {
  let made: unknown;
  try {
    made = make();
  } catch (error) {
    if (error instanceof TorchError) throw error;
    throw unknownNetwork(trained, ` (${(error as Error)?.message ?? error})`, error);
  }
  if (made instanceof ModuleClass) return made;
  throw unknownNetwork(trained, ', for what was made is no Module');
}

function known({ name, net }: Trained, metadata: Metadata): Module | undefined {
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
  return undefined;
}

const unknownNetwork = ({ name }: Trained, found: string, cause?: unknown): TorchError =>
  new TorchError(
    'ERR_NOT_FOUND',
    `a second network like the run's (${name}) cannot be made here${found}: name the file of its class, ` +
      'lenet-torch live --model FILE, or give torch.live the option model, a function that makes one',
    { cause },
  );

function hasState(net: Module, { state }: Trained): boolean {
  const own = Object.entries(net.stateDict()).map(([key, tensor]) => {
    const text = `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    tensor.dispose();
    return [key, text] as const;
  });
  return (
    own.length === Object.keys(state).length && own.every(([key, text]) => state[key] === text)
  );
}

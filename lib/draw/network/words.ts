import type { RecordedCall } from '../../native/exports/recording.js';
import type { Module } from '../../nn/index.js';
import { portraitOf } from '../portrait.js';

/** What a box is for; its colour follows. */
export type Hue = 'convolution' | 'subsampling' | 'full' | 'rbf' | 'lookup' | 'sequence' | 'other';

/** What a part of a network is called in pictures. */
export interface Wording {
  readonly words: string;
  readonly hue: Hue;
  /** `'layer'` brings units together, `'norm'` and `'step'` change them where they are. */
  readonly role: 'layer' | 'norm' | 'step';
}

// They hand on what they are given, in another form or in parts.
const plumbing = new Set(
  (
    'view view_as reshape reshape_as flatten unflatten squeeze unsqueeze transpose permute t numpy_T mT swapaxes swapdims ' +
    'movedim moveaxis select slice narrow expand expand_as contiguous clone detach alias to _to_copy type_as lift_fresh ' +
    'chunk split split_with_sizes unsafe_chunk unsafe_split tensor_split unbind dropout feature_dropout alpha_dropout ' +
    'feature_alpha_dropout native_dropout roll flip'
  ).split(' '),
);

/** An operator's name without the underscores of what writes over its input. */
const plain = (name: string): string => name.replace(/(?<!^)_+$/, '');

export const isPlumbing = ({ name }: RecordedCall): boolean => plumbing.has(plain(name));

const lower: Readonly<Record<string, string>> = {
  relu: 'ReLU',
  relu6: 'ReLU6',
  prelu: 'PReLU',
  leaky_relu: 'LeakyReLU',
  gelu: 'GELU',
  silu: 'SiLU',
  elu: 'ELU',
  selu: 'SELU',
  celu: 'CELU',
  mish: 'Mish',
  glu: 'GLU',
  one_hot: 'one-hot',
  scaled_dot_product_attention: 'attention',
  log_softmax: 'log-softmax',
  conv_transpose2d: 'transposed convolution',
  linear: 'fully connected',
  lstm: 'LSTM',
  gru: 'GRU',
  rnn_tanh: 'RNN',
  rnn_relu: 'RNN',
};

const symbols: Readonly<Record<string, string>> = { add: '+', sub: '−', mul: '×', div: '÷' };

/** What stands between things that come together: a sign, or a word. */
export function joinWords({ name }: RecordedCall): { words: string; isSign: boolean } {
  const key = plain(name);
  const sign = symbols[key];
  if (sign !== undefined) return { words: sign, isSign: true };
  const isPut = ['cat', 'concat', 'concatenate'].includes(key);
  return { words: isPut ? 'concatenation' : wordsOf(key), isSign: false };
}

function wordsOf(name: string): string {
  const known = lower[name];
  if (known !== undefined) return known;
  if (/^(_?convolution|conv[123]d)/.test(name)) return 'convolution';
  if (/max_pool/.test(name)) return 'max pooling';
  if (/avg_pool/.test(name)) return 'mean pooling';
  if (/^(native_)?batch_norm/.test(name)) return 'batch norm';
  return name.replace(/^_+/, '').replaceAll('_', ' ');
}

/** Of an operator that is given one thing. */
export function operatorWording({ name }: RecordedCall): Wording {
  const key = plain(name);
  const words = wordsOf(key);
  if (/norm/.test(key)) return { words, hue: 'other', role: 'norm' };
  if (/conv/.test(key)) return { words, hue: 'convolution', role: 'layer' };
  if (/pool/.test(key)) return { words, hue: 'subsampling', role: 'layer' };
  if (/^(linear|addmm|bilinear)$/.test(key)) return { words, hue: 'full', role: 'layer' };
  if (/^(matmul|mm|bmm|mv|einsum|baddbmm)$/.test(key)) return { words, hue: 'full', role: 'layer' };
  if (/^(lstm|gru|rnn_)|attention/.test(key)) return { words, hue: 'sequence', role: 'layer' };
  if (/^(embedding|one_hot)/.test(key)) return { words, hue: 'lookup', role: 'layer' };
  if (/^(upsample|interpolate|pixel_)/.test(key)) return { words, hue: 'other', role: 'layer' };
  return { words, hue: 'other', role: 'step' };
}

const classWords: readonly (readonly [RegExp, Wording])[] = [
  [/^(Sync)?BatchNorm\dd$/, { words: 'batch norm', hue: 'other', role: 'norm' }],
  [/^LayerNorm$/, { words: 'layer norm', hue: 'other', role: 'norm' }],
  [/^GroupNorm$/, { words: 'group norm', hue: 'other', role: 'norm' }],
  [/^InstanceNorm\dd$/, { words: 'instance norm', hue: 'other', role: 'norm' }],
  [/^RMSNorm$/, { words: 'RMS norm', hue: 'other', role: 'norm' }],
  [/^LocalResponseNorm$/, { words: 'response norm', hue: 'other', role: 'norm' }],
  [/^ConvTranspose\dd$/, { words: 'transposed convolution', hue: 'convolution', role: 'layer' }],
  [/^MultiheadAttention$/, { words: 'multi-head attention', hue: 'sequence', role: 'layer' }],
  [/^(RNN|GRU|LSTM)(Cell)?$/, { words: '', hue: 'sequence', role: 'layer' }],
  [/^Embedding(Bag)?$/, { words: 'embedding', hue: 'lookup', role: 'layer' }],
  [/^Upsampl(e|ing)/, { words: 'upsampling', hue: 'other', role: 'layer' }],
  [/Norm/, { words: '', hue: 'other', role: 'norm' }],
  [/^(Sigmoid|Tanh|Softmax)$/, { words: '', hue: 'other', role: 'step' }],
];

/** Of a module that is shown as one. */
export function moduleWording(module: Module): Wording {
  const portrait = portraitOf(module);
  if (portrait !== undefined) {
    const { kind, verb, window } = portrait;
    const words = verb === 'full' ? 'fully connected' : verb;
    const looked = window === undefined ? words : `${words} ${window.join('×')}`;
    return { words: looked, hue: kind, role: 'layer' };
  }
  const { name } = module.constructor;
  const known = classWords.find(([pattern]) => pattern.test(name))?.[1];
  if (known !== undefined) {
    const own = known.role === 'step' ? name.toLowerCase() : name;
    return { ...known, words: known.words || own };
  }
  const isStep = [...module.parameters()].every((parameter) => parameter.ndim < 2);
  return { words: name || 'module', hue: 'other', role: isStep ? 'step' : 'layer' };
}

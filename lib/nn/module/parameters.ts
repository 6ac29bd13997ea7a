import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';
import { Tensor } from '../../tensor/index.js';
import { Dictionary, type Named } from './dictionary.js';
import { Module } from './module.js';
import { Parameter } from './parameter.js';

// As Python does: what is a tensor becomes a parameter.
function asParameter(container: object, value: unknown): Parameter {
  if (value instanceof Parameter) return value;
  if (value instanceof Tensor) return new Parameter(value);
  throw invalidArgument(`${container.constructor.name}: expected a Tensor, got ${describe(value)}`);
}

function line(key: string, parameter: Parameter, dtype: string): string {
  const { shape, deviceName } = parameter;
  const device = deviceName.startsWith('cuda') ? ` (GPU ${deviceName.split(':')[1]})` : '';
  return `  (${key}): Parameter containing: [${dtype} of size ${shape.join('x')}${device}]`;
}

/**
 * A list of parameters, which are learned; tensors become some. Mirrors `torch.nn.ParameterList`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when an element is no tensor.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
 * @example
 * const list = new nn.ParameterList([torch.zeros(2), torch.ones(3)]);
 * list.append(torch.ones(1)).length; // → 3
 * list.at(-1).requiresGrad; // → true
 */
export class ParameterList extends Module {
  readonly #parameters: Parameter[] = [];

  constructor(values: Iterable<Tensor> | null = null) {
    atMost('ParameterList', 1, arguments.length);
    super();
    if (values !== null) this.extend(values);
  }

  /** Adds a parameter at the end; returns the list. */
  append(value: Tensor): this {
    atMost('append', 1, arguments.length);
    this.#parameters.push(asParameter(this, value));
    return this;
  }

  /** Adds several parameters at the end; returns the list. */
  extend(values: Iterable<Tensor>): this {
    atMost('extend', 1, arguments.length);
    if (values instanceof Tensor || typeof values?.[Symbol.iterator] !== 'function') {
      throw invalidArgument(`ParameterList: expected a list of tensors, got ${describe(values)}`);
    }
    for (const value of [...values]) this.append(value);
    return this;
  }

  /** The parameter at an index; negative counts from the end. @throws {TypeError} `ERR_INVALID_ARG` */
  at(index: number): Parameter {
    atMost('at', 1, arguments.length);
    const found = Number.isInteger(index) ? this.#parameters.at(index) : undefined;
    if (found !== undefined) return found;
    throw invalidArgument(
      `ParameterList: index ${describe(index)} is out of range for ${this.length} parameters`,
    );
  }

  /** Puts another parameter in a place; negative counts from the end. @throws {TypeError} `ERR_INVALID_ARG` */
  set(index: number, value: Tensor): this {
    atMost('set', 2, arguments.length);
    this.at(index);
    this.#parameters[index < 0 ? index + this.length : index] = asParameter(this, value);
    return this;
  }

  get length(): number {
    return this.#parameters.length;
  }

  [Symbol.iterator](): IterableIterator<Parameter> {
    return this.#parameters[Symbol.iterator]();
  }

  override ownMembers(): [string, unknown][] {
    atMost('ownMembers', 0, arguments.length);
    const numbered = this.#parameters.map((each, i): [string, unknown] => [String(i), each]);
    return [...super.ownMembers(), ...numbered];
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return this.#parameters
      .map((each, i) => line(String(i), each, `torch.${each.dtype}`))
      .join('\n');
  }

  /** A list has no forward pass. @throws {TypeError} `ERR_INVALID_ARG` */
  forward(): never {
    atMost('ParameterList.forward', 0, arguments.length);
    throw invalidArgument('ParameterList: has no forward pass: use its parameters');
  }
}

// As `torch.typename` has it.
const typeNames: Readonly<Record<string, string>> = {
  float32: 'Float',
  float64: 'Double',
  float16: 'Half',
  bfloat16: 'BFloat16',
  int64: 'Long',
  int32: 'Int',
};

/**
 * Parameters by name, which are learned; tensors become some. Mirrors `torch.nn.ParameterDict`. A Map's methods in place
 * of Python's brackets.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` when a value is no tensor, or a name has dots.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
 * @example
 * const parameters = new nn.ParameterDict({ weight: torch.ones(2), bias: torch.zeros(1) });
 * parameters.get('bias').shape; // → [ 1 ]
 * Object.keys(parameters.stateDict()); // → [ 'weight', 'bias' ]
 */
export class ParameterDict extends Dictionary<Tensor> {
  constructor(parameters?: Named<Tensor> | ParameterDict | null) {
    atMost('ParameterDict', 1, arguments.length);
    super();
    if ((parameters ?? null) !== null) this.update(parameters as Named<Tensor>);
  }

  protected override accept(value: Tensor): Parameter {
    return asParameter(this, value);
  }

  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return [...this.entries()]
      .map(([key, each]) => {
        const where = each.deviceName.startsWith('cuda') ? 'cuda.' : '';
        const type = typeNames[each.dtype];
        return line(key, each, type === undefined ? each.dtype : `torch.${where}${type}Tensor`);
      })
      .join('\n');
  }
}

import { Call } from './call.js';
import { Graph } from './graph.js';
import { constants, translations } from './operators/index.js';
import { refuse } from './refusal.js';
import { type Trace, type TracedStep, Value } from './trace.js';

// These compute what their namesakes do, and the result takes the place of the first operand.
const inPlace =
  /^(add|sub|mul|div|pow|neg|abs|exp|log|sqrt|sigmoid|tanh|relu|clamp|addcmul|addcdiv|leaky_relu|silu|masked_fill|relu6|selu|celu|elu|hardtanh|threshold|rrelu|hardsigmoid|hardswish|mish)_$/;

const isKnown = (step: TracedStep): boolean =>
  step.results.flat().every((result) => result instanceof Value && result.tensor !== undefined);

function translateStep(step: TracedStep, graph: Graph): void {
  const { name, overload } = step;
  const fullName = overload === '' ? name : `${name}.${overload}`;
  // Elements made of numbers alone are in the file as they are; drawn ones would be frozen.
  if (constants.has(name) && isKnown(step)) return;
  const isInPlace = inPlace.test(name);
  const key = isInPlace ? name.slice(0, -1) : name;
  const translate = Object.hasOwn(translations, key) ? translations[key] : undefined;
  if (translate === undefined || 'out' in step.arguments) {
    refuse(
      `${fullName} has no translation to ONNX. Write it with operators that have one ` +
        '(docs/onnx.md lists them), or leave it out of the exported module',
    );
  }
  const call = new Call(step, graph);
  const names = [translate(call)].flat();
  call.checkAllRead();
  for (const [i, result] of call.results.entries()) {
    const given = names[i];
    if (given === undefined) graph.lack(result, `${fullName}: result ${i} is not supported`);
    else if (isInPlace) graph.overwrite(result, given, name);
    else graph.define(result, given);
  }
}

/** Writes a trace as a graph. @throws {TorchError} `ERR_ONNX_UNSUPPORTED` that names the operator. */
export function translate(trace: Trace, inputName: string, reserved: Iterable<string>): Graph {
  const graph = new Graph(trace.input, inputName, reserved);
  for (const step of trace.steps) translateStep(step, graph);
  return graph;
}

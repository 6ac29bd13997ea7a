import { describe } from '../../argument/describe.js';
import { invalidArgument } from '../../error.js';
import { Module } from './module.js';

/** @throws {TypeError} `ERR_INVALID_ARG` for anything but a module; `what` names the function. */
export function requireModule(what: string, net: unknown): asserts net is Module {
  if (net instanceof Module) return;
  throw invalidArgument(`${what}: net: expected a Module, got ${describe(net)}`);
}

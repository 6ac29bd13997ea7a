// Has this process look like a runtime that cannot watch promises: `missing` as a module without the name, `throwing` as Bun.
import { register } from 'node:module';

const kind = process.env.WITHOUT_HOOKS;
const v8 =
  kind === 'missing'
    ? 'export default {};'
    : `export default { promiseHooks: { createHook() { throw new Error('not yet implemented'); } } };`;
const hooks = `export async function resolve(specifier, context, next) {
  if (specifier !== 'node:v8') return next(specifier, context);
  return { url: ${JSON.stringify(`data:text/javascript,${encodeURIComponent(v8)}`)}, shortCircuit: true };
}`;
if (kind) register(`data:text/javascript,${encodeURIComponent(hooks)}`);

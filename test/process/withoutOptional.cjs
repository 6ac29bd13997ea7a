// As if npm had left out what is optional: the binaries of other packages are not to be found.
const Module = require('node:module');

const resolve = Module._resolveFilename;
const isOptional = /^@(napi-rs\/image|resvg\/resvg-js)-|\.wasi\.cjs$/;
Module._resolveFilename = (request, ...rest) => {
  if (!isOptional.test(request)) return resolve(request, ...rest);
  throw Object.assign(new Error(`Cannot find module '${request}'`), { code: 'MODULE_NOT_FOUND' });
};

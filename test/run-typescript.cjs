// Lets a child process of a test run TypeScript from its source: node --require ./test/run-typescript.cjs file.ts
// The working directory is the root of the repository.
const { readFileSync } = require('node:fs');
const Module = require('node:module');
const { resolve } = require('node:path');
const { transformSync } = require('@swc/core');

const options = {
  module: { type: 'commonjs' },
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  sourceMaps: 'inline',
};

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, 'utf8'), { ...options, filename }).code, filename);
};

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  const [, lib] = /^@budget-buddy\/(\w+)$/.exec(request) ?? [];
  return resolveFilename.call(this, lib ? resolve('libs', lib, 'src', 'index.ts') : request, ...rest);
};

/*
 * Loaded into an app by NODE_OPTIONS: on SIGUSR2 it prints what its memory holds when all garbage is gone. The resident
 * size alone would say more of when V8 last felt like collecting.
 */
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc');

process.on('SIGUSR2', () => {
  collectGarbage();
  process.stdout.write(`${JSON.stringify({ memory: process.memoryUsage() })}\n`);
});

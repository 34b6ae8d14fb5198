import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from './repository-root';

const USAGE = 'npm run answer -- yes|no|oops';
/** A program that says what it was told, and whose run ends as that says. */
const PROGRAM = `
  const { runProgram, say } = require('./tools/run-program.ts');
  runProgram({
    usage: '${USAGE}',
    read: ([answer]) => {
      if (!['yes', 'no', 'oops'].includes(answer)) throw new Error(answer + ' is no answer');
      return { answer };
    },
    run: async ({ answer }) => {
      say('it is ' + answer);
      if (answer === 'oops') throw new Error('cannot tell');
      return answer === 'yes';
    },
  });`;

async function call(...words: string[]) {
  const args = ['--require', './test/run-typescript.cjs', '-e', PROGRAM, '--', 'answer', ...words];
  const program = spawn(process.execPath, args, { cwd: repositoryRoot(), stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve) => program.on('close', resolve));
  const [output, errors] = await Promise.all([text(program.stdout), text(program.stderr)]);
  return { exitCode: await ended, output, errors };
}

describe('what npm run calls', () => {
  it.each([[['--help']], [['perhaps', '-h']]])('says how to call it, and does nothing, for %j', async (words) => {
    expect(await call(...words)).toEqual({ exitCode: 0, output: `${USAGE}\n`, errors: '' });
  });

  it('says what is wrong with a call, and how to call it', async () => {
    expect(await call('perhaps')).toEqual({ exitCode: 2, output: '', errors: `perhaps is no answer\n\n${USAGE}\n` });
  });

  it.each([
    ['yes', 0],
    ['no', 1],
  ])('ends as its run does: %s, %i', async (answer, exitCode) => {
    expect(await call(answer)).toEqual({ exitCode, output: `it is ${answer}\n`, errors: '' });
  });

  it('says why it could not tell', async () => {
    expect(await call('oops')).toEqual({ exitCode: 1, output: 'it is oops\n', errors: 'cannot tell\n' });
  });
});

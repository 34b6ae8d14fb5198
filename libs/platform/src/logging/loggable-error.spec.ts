import { expect, it } from 'vitest';
import { loggableError } from './loggable-error';

it('a log keeps of an error what happened and where, and no field that a library put beside it', () => {
  const cause = Object.assign(new Error('refused'), { options: { password: 'secret' } });
  const error = Object.assign(new Error('WRONGPASS', { cause }), {
    code: 'EAUTH',
    command: { name: 'auth', args: ['user', 'secret'] },
    errors: [Object.assign(new Error('one of them'), { config: { password: 'secret' } })],
  });
  const logged = loggableError(error);
  expect(logged).toMatchObject({ type: 'Error', message: 'WRONGPASS: refused', code: 'EAUTH' });
  expect(logged.aggregateErrors).toMatchObject([{ message: 'one of them' }]);
  expect(logged.stack).toContain('loggable-error.spec.ts');
  expect(JSON.stringify(logged)).not.toContain('secret');
});

import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { codeOf, explainFileError } from '../../src/files/explain.js';

it.each([
  ['EDQUOT', (): string => 'UNKNOWN', 'the disk quota is used up'],
  [
    'ESTALE',
    (errno: number): string => `Unknown system error ${errno}`,
    'the network file system no longer knows it',
  ],
] as const)('knows %s, for which Node.js has no name', (name, codeIn, reason) => {
  const errno = -constants.errno[name];
  const error = Object.assign(new Error(), { code: codeIn(errno), errno, syscall: 'open' });
  expect(codeOf(error)).toBe(name);
  expect(explainFileError(error, 'write', 'a').message).toBe(`cannot write a: ${reason}`);
});

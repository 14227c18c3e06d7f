import { readFileSync, statSync } from 'node:fs';
import { explained } from './explain.js';

/**
 * A file's bytes: no Buffer, whose `slice` would share memory instead of copying it.
 *
 * @throws UserError, or RunError where the disk fails.
 */
export function readWhole(path: string): Uint8Array {
  const { buffer, byteOffset, byteLength } = explained('read', path, () => readFileSync(path));
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** As {@link readWhole}, UTF-8. */
export const readText = (path: string): string => new TextDecoder().decode(readWhole(path));

/** Whether there is a file of just this content. */
export function hasContent(path: string, content: string | Uint8Array): boolean {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  const found = statSync(path, { throwIfNoEntry: false });
  return (
    found?.isFile() === true &&
    found.size === bytes.length &&
    Buffer.compare(bytes, readWhole(path)) === 0
  );
}

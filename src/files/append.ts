import { open } from 'node:fs/promises';
import { explainFileError } from './explain.js';
import { flush } from './flush.js';
import { askGuards } from './guards.js';
import { whileHeld } from './held.js';

/**
 * Appends to a file, to the disk; one that somebody holds is tried again for a second or two. The file is opened before the folder's lease is looked at: where another process takes
 * the folder over in between, it replaces the file (replace.ts), and what is appended goes to the old one.
 */
export async function appendToFile(path: string, content: string | Uint8Array): Promise<void> {
  try {
    const file = await whileHeld(() => open(path, 'a'));
    try {
      askGuards(path);
      await file.appendFile(content);
      await flush(file.fd);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw explainFileError(error, 'write', path);
  }
}

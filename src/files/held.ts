import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from './explain.js';

/**
 * What systems say of a file for a moment: Windows and some network shares while a spreadsheet or a virus scanner has it open, a network's
 * file system (ESTALE) once its server has begun anew.
 */
export const HELD = new Set(['EBUSY', 'EPERM', 'EACCES', 'ESTALE']);

/** A second or two. */
export const MILLISECONDS_BETWEEN_TRIES = [20, 50, 100, 200, 400, 600, 800];

/** Tries again for a second or two while a file is held. */
export async function whileHeld<T>(attempt: () => Promise<T>): Promise<T> {
  for (const wait of MILLISECONDS_BETWEEN_TRIES) {
    try {
      return await attempt();
    } catch (error) {
      if (!HELD.has(codeOf(error))) throw error;
      await sleep(wait);
    }
  }
  return attempt();
}

/** Waits without giving others their turn. */
export const pause = (milliseconds: number): unknown =>
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

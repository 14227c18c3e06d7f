import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** Asks whether this process may still write into a folder; throws where not. */
export type Guard = () => void;

const guards = new Map<string, Guard>();

/**
 * From now on whatever this thread replaces or removes below a folder asks first.
 *
 * @returns ends it.
 */
export function guardFolder(folder: string, guard: Guard): () => void {
  const place = realpathSync(folder);
  guards.set(place, guard);
  return () => {
    if (guards.get(place) === guard) guards.delete(place);
  };
}

/** Asks the guards of all folders around a path, the last thing before something is put or removed there. */
export function askGuards(path: string): void {
  if (guards.size === 0) return;
  let folder: string;
  try {
    folder = realpathSync(dirname(path));
  } catch {
    // The folder is gone: what was to be done there fails by itself, and says so.
    return;
  }
  for (;;) {
    guards.get(folder)?.();
    const above = dirname(folder);
    if (above === folder) return;
    folder = above;
  }
}

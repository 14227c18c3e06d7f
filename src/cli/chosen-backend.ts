import { defaultThreads, loadBackend, type Backend } from '../backends/index.js';
import type { Console } from './console.js';

/** Loads the backend that was asked for, `auto` where none was, and warns where that is a slow one. */
export async function loadChosen(
  {
    backend,
    threads,
    fusedMultiplyAdd,
  }: { backend?: string; threads?: number; fusedMultiplyAdd?: boolean },
  console: Pick<Console, 'emit' | 'warn'>,
): Promise<Backend> {
  if (threads !== undefined && threads > defaultThreads())
    console.warn(
      `--threads: found ${threads}, of which ${defaultThreads()} can run at the same time here: they will wait for one another many times longer than they compute`,
    );
  const loaded = await loadBackend(backend ?? 'auto', threads, { fusedMultiplyAdd });
  if (loaded.slower !== undefined) {
    console.emit({ event: 'warned', message: loaded.slower });
    console.warn(loaded.slower);
  }
  return loaded;
}

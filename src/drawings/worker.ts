/** The thread of a DrawingThread: draws a run when it is told, and answers when that is done. */
import { parentPort } from 'node:worker_threads';
import type { Answer, Order } from './thread.js';
import { drawRun } from './drawings.js';

parentPort!.on('message', ({ folder, rows }: Order) => {
  drawRun(folder, rows).then(
    () => parentPort!.postMessage({} satisfies Answer),
    (error: unknown) => {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      parentPort!.postMessage({ error: { name, message, stack } } satisfies Answer);
    },
  );
});

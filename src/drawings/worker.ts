/** The thread of a DrawingThread: draws a run when it is told, and answers when that is done. */
import { parentPort } from 'node:worker_threads';
import { guardByLease } from '../files/lease.js';
import { onTurn } from '../turns.js';
import type { Answer, Order } from './thread.js';
import { drawRun } from './drawings.js';

onTurn(() => parentPort!.postMessage({ progressed: true } satisfies Answer));

parentPort!.on('message', ({ folder, rows, lease }: Order) => {
  const unguard = lease === undefined ? () => {} : guardByLease(lease);
  void drawRun(folder, rows)
    .then(
      (): Answer => ({ drawn: true }),
      (error: unknown): Answer => {
        const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
        return { error: { name, message, ...(stack !== undefined && { stack }) } };
      },
    )
    .then((answer) => {
      unguard();
      parentPort!.postMessage(answer);
    });
});

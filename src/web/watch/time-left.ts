import type { LogRow } from '../../runs/log.js';
import type { WatchedRun } from './watched.js';

/** Epochs of which the usual length is taken. */
const EPOCHS = 6;

/** Seconds until the runs that are being trained, and those that wait for them, are done; undefined while no epoch says how long one takes. */
export function secondsLeft(runs: readonly WatchedRun[], now = Date.now()): number | undefined {
  const running = runs.filter(({ state }) => state === 'running');
  const known = runs.flatMap(({ rows }) => (rows.length > 0 ? [secondsAnEpoch(rows)] : []));
  if (running.length === 0 || known.length === 0) return undefined;
  const mean = known.reduce((sum, one) => sum + one, 0) / known.length;
  const left = runs
    .filter(({ state }) => state === 'running' || state === 'waiting')
    .map((run) => leftOf(run, mean, now));
  return left.reduce((sum, one) => sum + one, 0) / running.length;
}

function leftOf({ rows, options }: WatchedRun, usual: number, now: number): number {
  const last = rows.at(-1);
  if (last === undefined) return options.epochs * usual;
  const each = secondsAnEpoch(rows);
  // The other machine's clock may be another.
  const since = Math.min(Math.max((now - Date.parse(last.time)) / 1000, 0), each);
  return Math.max((options.epochs - last.epoch) * each - since, 0);
}

/** From the end of one epoch to that of the next: the median of the last ones, since an interruption lies between some. */
function secondsAnEpoch(rows: readonly LogRow[]): number {
  const ends = rows.slice(-EPOCHS).map(({ time }) => Date.parse(time) / 1000);
  const spans = ends.slice(1).map((end, k) => end - ends[k]);
  const sorted = spans.filter((span) => span > 0).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? rows.at(-1)!.seconds;
}

import type { Scalars } from '../gan/step.js';
import type { LogRow } from './log.js';

/**
 * For each epoch the means over the runs that have come to it; steps and seconds are sums, the time is the latest.
 *
 * @param runs the rows of each, in the order of epochs.
 */
export function meanRows(runs: readonly (readonly LogRow[])[]): LogRow[] {
  const byEpoch = new Map<number, LogRow[]>();
  for (const row of runs.flat()) byEpoch.set(row.epoch, [...(byEpoch.get(row.epoch) ?? []), row]);
  return [...byEpoch.values()].map(meanRow).sort((a, b) => a.epoch - b.epoch);
}

function meanRow(rows: readonly LogRow[]): LogRow {
  return {
    epoch: rows[0].epoch,
    step: sum(rows.map((row) => row.step)),
    scalars: meansOf(rows.map((row) => row.scalars)),
    last: meansOf(rows.map((row) => row.last)),
    measures: meansOf(rows.map((row) => row.measures)),
    seconds: sum(rows.map((row) => row.seconds)),
    imagesPerSecond: mean(rows.map((row) => row.imagesPerSecond)),
    time: rows
      .map((row) => row.time)
      .sort()
      .at(-1)!,
  };
}

/** The mean of each number over those that have it. */
function meansOf(all: readonly Scalars[]): Scalars {
  const names = new Set(all.flatMap((one) => Object.keys(one)));
  const meanOf = (name: string): number =>
    mean(all.flatMap((one) => (name in one ? [one[name]] : [])));
  return Object.fromEntries([...names].map((name) => [name, meanOf(name)]));
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

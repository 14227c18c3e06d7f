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
  const meanOf = (key: 'discriminatorLoss' | 'generatorLoss' | 'imagesPerSecond'): number =>
    mean(rows.map((row) => row[key]));
  const diversities = rows.flatMap(({ diversity }) => (diversity === undefined ? [] : [diversity]));
  return {
    epoch: rows[0].epoch,
    step: sum(rows.map((row) => row.step)),
    discriminatorLoss: meanOf('discriminatorLoss'),
    generatorLoss: meanOf('generatorLoss'),
    lastDiscriminatorLoss: mean(rows.map((row) => row.lastDiscriminatorLoss)),
    lastGeneratorLoss: mean(rows.map((row) => row.lastGeneratorLoss)),
    ...(diversities.length > 0 && { diversity: mean(diversities) }),
    seconds: sum(rows.map((row) => row.seconds)),
    imagesPerSecond: meanOf('imagesPerSecond'),
    time: rows
      .map((row) => row.time)
      .sort()
      .at(-1)!,
  };
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const mean = (values: readonly number[]): number => sum(values) / values.length;

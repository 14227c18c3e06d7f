import { COLLAPSED_BELOW, collapses } from '../gan/diversity.js';
import type { LogRow } from '../runs/log.js';
import type { Finding } from './digits-verdict.js';
import { lossLevels } from './loss-levels.js';

export type VerdictRow = Pick<LogRow, 'epoch' | 'step' | 'scalars' | 'measures'>;

type DiversityRow = Pick<LogRow, 'step' | 'measures'>;

const diversityOf = (row: Pick<LogRow, 'measures'> | undefined): number | undefined =>
  row?.measures['diversity'];
const discriminatorLossOf = (row: VerdictRow): number => row.scalars['discriminatorLoss'];

/** Below this share of the real images' diversity a run is on the way to collapse. A choice: healthy runs have 0.8 to 1.1. */
const NARROW_BELOW = 0.6;
/** Above it samples are noise for the most part. A choice as well: untrained dense generators have about 1.5. */
const NOISY_ABOVE = 1.25;
/** So near to an end of its range (0: tells all, 1: cannot tell) the discriminator's loss counts as stuck there. */
const NEAR = 0.1;
/** Epochs that are looked at: one alone may be an accident. */
const LAST_EPOCHS = 5;

/** Whether a run has collapsed by its last samples; undefined where the diversity of none was measured. */
export const hasCollapsed = (rows: readonly DiversityRow[]): boolean | undefined =>
  collapsesOf(rows.filter((row) => diversityOf(row) !== undefined)).at(-1);

const collapsesOf = (measured: readonly DiversityRow[]): boolean[] =>
  collapses(measured.map((row) => ({ step: row.step, diversity: diversityOf(row)! })));

/** Whether the samples of a run are all alike, by the diversity of its epochs. */
export function judgeDiversity(rows: readonly VerdictRow[]): Finding {
  const measured = rows.filter((row) => diversityOf(row) !== undefined);
  const last = measured.at(-1);
  const diversity = diversityOf(last);
  if (last === undefined || diversity === undefined)
    return {
      kind: 'unknown',
      title: 'Collapse: not known',
      text: 'No epoch of this run has sample images, from which it would be seen.',
    };
  const now = `the samples of epoch ${last.epoch} have ${percent(diversity)} of the diversity of real images`;
  const collapsedAt = collapsesOf(measured);
  if (collapsedAt.at(-1) === true)
    return {
      kind: 'bad',
      title: 'Collapsed',
      text: `The generator draws nearly the same image for every z: ${now}. Another --seed or a lower --learning-rate may help.`,
    };
  if (diversity < COLLAPSED_BELOW)
    return {
      kind: 'unknown',
      title: 'Collapse: too early to say',
      text: `${now[0].toUpperCase()}${now.slice(1)}: at first all samples are alike, whatever becomes of a run.`,
    };
  const collapsed = measured.filter((_, k) => collapsedAt[k]);
  if (collapsed.length > 0)
    return {
      kind: 'warning',
      title: 'Collapsed on the way, and recovered',
      text: `In ${epochsText(collapsed)} the samples were nearly all alike; now ${now}.`,
    };
  if (diversity < NARROW_BELOW)
    return {
      kind: 'warning',
      title: 'Narrow: the samples are rather alike',
      text: `It is no collapse, but ${now}. Look whether some kinds of images are missing.`,
    };
  if (diversity > NOISY_ABOVE)
    return {
      kind: 'unknown',
      title: 'More varied than real images',
      text: `In this run, ${now}: so are samples that are noise still. Look at them.`,
    };
  return {
    kind: 'good',
    title: 'No collapse',
    text: `In this run, ${now}, and no epoch was one of collapse.`,
  };
}

/** Whether one of the networks has won, by the losses of the last epochs. */
export function judgeDiscriminator(rows: readonly VerdictRow[], labelSmoothing: number): Finding {
  const { floor, undecided } = lossLevels(labelSmoothing);
  const last = rows.slice(-LAST_EPOCHS);
  const places = last.map((row) => (discriminatorLossOf(row) - floor) / (undecided - floor));
  const span = last.length === 1 ? 'the only epoch' : `the last ${last.length} epochs`;
  if (places.every((place) => place < NEAR))
    return {
      kind: 'bad',
      title: 'The discriminator has won',
      text: `In ${span} its loss was stuck near ${floor.toFixed(2)}, the lowest that it can have: it tells every generated image, and the generator hardly learns from that. A lower --learning-rate may help.`,
    };
  if (places.every((place) => Math.abs(place - 1) < NEAR))
    return {
      kind: 'warning',
      title: 'The discriminator cannot tell',
      text: `In ${span} its loss was within a tenth of the way from ${undecided.toFixed(2)}, where it does no better than guessing. Either the samples are very good, or it has not learned (yet): look at them.`,
    };
  const average = mean(last.map(discriminatorLossOf)).toFixed(2);
  if (mean(places) > 1)
    return {
      kind: 'unknown',
      title: 'The discriminator is often wrong',
      text: `In ${span} its loss was on average ${average}, above ${undecided.toFixed(2)}, which guessing has: it has learned little (yet), or the generator deceives it.`,
    };
  return {
    kind: 'good',
    title: 'Neither network has won',
    text: `In ${span} the discriminator's loss was on average ${average}, between ${floor.toFixed(2)} (it tells every image) and ${undecided.toFixed(2)} (it can only guess), so that both go on learning from each other.`,
  };
}

function epochsText(rows: readonly VerdictRow[]): string {
  const [first, last] = [rows[0].epoch, rows.at(-1)!.epoch];
  return rows.length === 1 ? `epoch ${first}` : `${rows.length} epochs from ${first} to ${last}`;
}

const percent = (share: number): string => `${Math.round(100 * share)}%`;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

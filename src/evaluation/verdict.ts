import { COLLAPSED_BELOW, collapses } from '../gan/diversity.js';
import type { RunOptions } from '../gan/options.js';
import type { LogRow } from '../runs/log.js';
import type { RunDescription } from '../runs/run-description.js';
import {
  areModes,
  areSharp,
  judgeQuality,
  judgeUnlabelled,
  type Finding,
  type Quality,
} from './digits-verdict.js';
import { MNIST_LIKE } from '../data/known-set.js';
import { isMnist } from '../data/mnist.js';
import type { StackedJudgement } from './stacked.js';
import type { Judgement } from './judgement.js';
import { MEASURED_IMAGES, REAL_LEVELS } from './real-levels.js';
import { lossLevels } from './loss-levels.js';

export type { Finding } from './digits-verdict.js';

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

/** The options of a run that say how its numbers are to be read. */
export type VerdictOptions = Pick<RunOptions, 'labelSmoothing' | 'digit'> & {
  readonly conditional?: boolean;
  readonly loss?: string;
};

/** What is known of a run beside its log. */
export interface VerdictContext {
  /** The images that it was trained on; MNIST's unless they are named. */
  readonly data?: Pick<RunDescription['data'], 'digests' | 'classes'>;
  /** What an evaluation of its models found, of more images than are measured while it trains. */
  readonly evaluated?: readonly Finding[];
}

/**
 * Judges a run: whether its images are digits, all of them, as varied as real ones, as an evaluation found or, without one, as far as
 * that was measured; then by its log collapse, by the diversity of its samples, and whether one of the networks has won. What is
 * not known to be digits gets no "good".
 *
 * @param rows in the order of epochs, at least one.
 */
export function judgeRun(
  rows: readonly VerdictRow[],
  options: VerdictOptions,
  { data, evaluated }: VerdictContext = {},
): Finding[] {
  const quality = qualityOf(rows, options);
  const findings = evaluated ?? (quality === undefined ? [] : judgeQuality(quality));
  const areDigits = findings[0]?.kind === 'good' || findings[0]?.kind === 'warning';
  const hasLevels = (options.loss ?? 'non-saturating') === 'non-saturating';
  const hasLoss = hasLevels && rows.every((row) => 'discriminatorLoss' in row.scalars);
  const further = [
    judgeDiversity(rows),
    ...(hasLoss ? [judgeDiscriminator(rows, options.labelSmoothing)] : []),
  ];
  const isUnmeasured = findings.length === 0 && further.every(({ kind }) => kind === 'good');
  return [
    ...findings,
    ...(isUnmeasured ? [unmeasured(data)] : []),
    ...further.map((finding): Finding =>
      finding.kind === 'good' && !areDigits ? { ...finding, kind: 'unknown' } : finding,
    ),
  ];
}

/** What stands first where nothing is amiss, and nothing known either: why that is, and what to type. */
const unmeasured = (data: VerdictContext['data']): Finding => ({
  kind: 'unknown',
  title: 'Not judged yet',
  text:
    data === undefined || isMnist(data.digests)
      ? 'Nothing has been measured so far: of short runs and with --measure-every 0 nothing is. gan-mnist evaluate --quick says in seconds whether these are digits, all of them, varied, and no copies.'
      : data.classes.length > 1
        ? 'The judges in the package know MNIST alone. gan-mnist evaluate --quick trains one on these images, once, and says whether generated ones are recognised, varied, and no copies.'
        : 'Images without classes are not measured while a run trains. gan-mnist evaluate --quick says whether they are as varied as real ones, and no copies.',
});

/**
 * An evaluation's judgement in words.
 *
 * @param classes their names; none for images without labels.
 * @param standIn whether training images stand in for test images.
 */
export function judgeImages(
  { recognition, evenness, modes, frechet, coverage, copies }: Judgement,
  { classes, standIn }: { readonly classes: readonly string[]; readonly standIn: boolean },
): Finding[] {
  const varied = {
    coverage: coverage.synthetic.coverage,
    realCoverage: coverage.realTraining.coverage,
    copies: copies.share,
    realCopies: copies.realShare,
  };
  const findings =
    recognition === undefined
      ? judgeUnlabelled({
          ...varied,
          distance: frechet.synthetic.distance,
          floor: frechet.realTraining.distance,
        })
      : judgeQuality({
          ...varied,
          noun: nounOf(classes),
          images: recognition.images,
          recognised: recognition.recognised,
          realRecognised: recognition.realRecognised,
          asked: recognition.kind === 'per-digit',
          ...(evenness && { evenness }),
          ...(modes && { modes }),
        });
  return standIn ? [...findings, STAND_IN] : findings;
}

const STAND_IN: Finding = {
  kind: 'unknown',
  title: 'Held against images that it was trained on',
  text: 'The set has no test images, for which some of the training images stand in: a model that knows them by heart looks good here. With --test-share 0.1 a new training sets a tenth aside.',
};

/** What a class is called: digits, where they are named as digits are. */
const nounOf = (classes: readonly string[]): Quality['noun'] =>
  classes.every((name) => /^\d$/.test(name)) ? 'digit' : 'class';

/** The same of stacked images: whether modes are lost, and whether their channels are digits. */
export const judgeStacked = ({ recognition, modes }: StackedJudgement): Finding[] => [
  areModes(modes.generated, modes.real),
  areSharp(recognition),
];

/** Whether a run has collapsed by its last samples; undefined where the diversity of none was measured. */
export const hasCollapsed = (rows: readonly DiversityRow[]): boolean | undefined =>
  collapsesOf(rows.filter((row) => diversityOf(row) !== undefined)).at(-1);

const collapsesOf = (measured: readonly DiversityRow[]): boolean[] =>
  collapses(measured.map((row) => ({ step: row.step, diversity: diversityOf(row)! })));

/** The measures of the last row in which the quality was measured. */
export const lastQuality = (
  rows: readonly Pick<LogRow, 'measures'>[],
): LogRow['measures'] | undefined =>
  rows.findLast(({ measures }) => 'recognised' in measures)?.measures;

/** What was measured last while the run trained. */
function qualityOf(
  rows: readonly VerdictRow[],
  { digit, conditional = false }: VerdictOptions,
): Quality | undefined {
  const measures = lastQuality(rows);
  if (measures === undefined) return undefined;
  const { recognised, rarest, mostFrequent, coverage } = measures;
  const asked = conditional || digit !== undefined;
  return {
    noun: 'digit',
    images: MEASURED_IMAGES,
    recognised,
    realRecognised: asked ? REAL_LEVELS.accuracy : REAL_LEVELS.sure,
    asked,
    ...(digit === undefined && {
      evenness: {
        rarest: { share: rarest },
        mostFrequent: { share: mostFrequent },
        classes: MNIST_LIKE.classes.length,
      },
    }),
    coverage,
    realCoverage: REAL_LEVELS.coverage,
  };
}

function judgeDiversity(rows: readonly VerdictRow[]): Finding {
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

function judgeDiscriminator(rows: readonly VerdictRow[], labelSmoothing: number): Finding {
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
  return {
    kind: 'good',
    title: 'Neither network has won',
    text: `In ${span} the discriminator's loss was on average ${mean(last.map(discriminatorLossOf)).toFixed(2)}, between ${floor.toFixed(2)} (it tells every image) and ${undecided.toFixed(2)} (it can only guess), so that both go on learning from each other.`,
  };
}

function epochsText(rows: readonly VerdictRow[]): string {
  const [first, last] = [rows[0].epoch, rows.at(-1)!.epoch];
  return rows.length === 1 ? `epoch ${first}` : `${rows.length} epochs from ${first} to ${last}`;
}

const percent = (share: number): string => `${Math.round(100 * share)}%`;
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

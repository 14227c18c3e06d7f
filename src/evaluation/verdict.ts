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
import { judgeDiscriminator, judgeDiversity, type VerdictRow } from './course-verdict.js';

export type { Finding } from './digits-verdict.js';

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

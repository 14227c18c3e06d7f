import type { Evaluation } from './evaluate.js';
import { FIGURE_NAMES, type Estimate, type Figure, type Figures } from './figures.js';
import { recognisedMeans } from './judgement.js';
import { wrapped } from './verdict-text.js';

const NAME_CHARACTERS = 39;
const CELL_CHARACTERS = 18;
const DIGIT_CHARACTERS = 5;
const COLUMN_CHARACTERS = 12;

/** Figures beside those of real images, a row per figure; at most 80 columns. */
export function figuresTable(figures: Figures): string {
  const rows = FIGURE_NAMES.flatMap((name) => {
    const figure = figures[name];
    if (figure === undefined) return [];
    const unit = figure.unit === 'share' ? ', %' : '';
    return [line(`${figure.what}${unit}`, [cell(figure, figure), cell(figure.real, figure)])];
  });
  return [line('', ['generated', 'real']), ...rows].join('\n');
}

/** What an evaluation found, in at most 80 columns: figures with standard errors, then a row per digit. */
export function evaluationTable(evaluation: Evaluation): string {
  const { usefulness, classifier, recognition, figures, options } = evaluation;
  const lines = [figuresTable(figures), '', digitTable(evaluation), ''];
  if ('unavailable' in usefulness)
    lines.push(wrapped(`Training on its digits was not measured: ${usefulness.unavailable}.`));
  else {
    const { tstr, baseline, labels } = usefulness;
    const origin =
      labels.source === 'model'
        ? 'Labels are the digits that the models were asked for or trained on.'
        : `Labels are the judge's, at least ${labels.minConfidence} sure (${percent(labels.rejectedShare)}% rejected): they carry what it knows of real digits.`;
    lines.push(
      wrapped(
        `${tstr.trainedOn} synthetic and ${baseline.trainedOn} real images to train on, ${tstr.testedOn} real ones to test on. ${origin}`,
      ),
    );
  }
  lines.push(
    wrapped(
      `Recognised is an image that the judge takes ${recognisedMeans(recognition)}; the judge is right about ${percent(classifier.testAccuracy)}% of the real test images.${options.repeats > 1 ? ` Means of ${options.repeats} repeats, with their standard errors.` : ''}`,
    ),
  );
  return lines.join('\n');
}

function digitTable({ recognition, usefulness }: Evaluation): string {
  const trained = 'unavailable' in usefulness ? undefined : usefulness;
  const columns: [string, (digit: number) => string][] = [
    recognition.kind === 'per-digit'
      ? ['recognised', (digit) => percent(recognition.recognisedPerDigit[digit])]
      : ['made', (digit) => percent(recognition.histogram[digit] / recognition.images)],
    ...(trained === undefined
      ? []
      : ([
          ['on these', (digit) => percent(trained.tstr.accuracyPerDigit[digit])],
          ['on real', (digit) => percent(trained.baseline.accuracyPerDigit[digit])],
          ['real, these', (digit) => percent(trained.trts.accuracyPerDigit[digit])],
        ] as [string, (digit: number) => string][])),
  ];
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(DIGIT_CHARACTERS)}${cells.map((text) => text.padStart(COLUMN_CHARACTERS)).join('')}`;
  return [
    row(
      'digit',
      columns.map(([name]) => name),
    ),
    ...recognition.histogram.map((_, digit) =>
      row(
        String(digit),
        columns.map(([, value]) => value(digit)),
      ),
    ),
    ...(trained === undefined
      ? []
      : [
          wrapped(
            'In percent: trained on these or on real digits and tested on real ones; trained on real, tested on these.',
          ),
        ]),
  ].join('\n');
}

function cell(estimate: Estimate | undefined, { unit }: Pick<Figure, 'unit'>): string {
  if (estimate === undefined) return '-';
  const scale = unit === 'share' ? 100 : 1;
  const error =
    estimate.standardError === undefined ? '' : ` ± ${(scale * estimate.standardError).toFixed(2)}`;
  return `${(scale * estimate.value).toFixed(2)}${error}`;
}

const line = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(NAME_CHARACTERS)}${cells.map((text) => text.padStart(CELL_CHARACTERS)).join('')}`.trimEnd();

const percent = (share: number | undefined): string =>
  share === undefined ? '-' : (100 * share).toFixed(2);

import type { Evaluation } from './evaluation.js';
import { digitsText, FIGURE_NAMES, type Estimate, type Figure, type Figures } from './figures.js';
import { recognisedMeans, type Recognition } from './recognition.js';
import { wrapped } from '../names.js';

const NAME_CHARACTERS = 39;
const CELL_CHARACTERS = 18;
/** Of a column with the names of classes. */
const LEAST_CHARACTERS = 6;
const MOST_CHARACTERS = 30;
const COLUMN_CHARACTERS = 12;
/** Of a thousand classes nobody reads a row each. */
const MOST_ROWS = 60;

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
  const { usefulness, classifier, recognition, figures, options, data } = evaluation;
  const lines = [figuresTable(figures), ''];
  if (recognition === undefined || classifier === undefined) return lines.join('\n');
  if (recognition.histogram.length <= MOST_ROWS)
    lines.push(classTable(recognition, usefulness, data.classes), '');
  if ('unavailable' in usefulness)
    lines.push(wrapped(`Training on its images was not measured: ${usefulness.unavailable}.`));
  else {
    const { tstr, baseline, labels } = usefulness;
    const origin =
      labels.source === 'model'
        ? 'Labels are the classes that the models were asked for or trained on.'
        : `Labels are the judge's, at least ${labels.minConfidence} sure (${percent(labels.rejectedShare)}% rejected): they carry what it knows of real images.`;
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

function classTable(
  recognition: Recognition,
  usefulness: Evaluation['usefulness'],
  classes: readonly string[],
): string {
  const trained = 'unavailable' in usefulness ? undefined : usefulness;
  const columns: [string, (label: number) => string][] = [
    recognition.kind === 'per-digit'
      ? ['recognised', (label) => percent(recognition.recognisedPerClass[label])]
      : ['made', (label) => percent(recognition.histogram[label] / recognition.images)],
    ...(trained === undefined
      ? []
      : ([
          ['on these', (label) => percent(trained.tstr.accuracyPerClass[label])],
          ['on real', (label) => percent(trained.baseline.accuracyPerClass[label])],
          ['real, these', (label) => percent(trained.trts.accuracyPerClass[label])],
        ] as [string, (label: number) => string][])),
  ];
  const width = Math.min(
    MOST_CHARACTERS,
    Math.max(LEAST_CHARACTERS, ...classes.map((name) => name.length + 1)),
  );
  const row = (name: string, cells: readonly string[]): string =>
    `${name.slice(0, width - 1).padEnd(width)}${cells.map((text) => text.padStart(COLUMN_CHARACTERS)).join('')}`;
  return [
    row(
      'class',
      columns.map(([name]) => name),
    ),
    ...recognition.histogram.map((_, label) =>
      row(
        classes[label],
        columns.map(([, value]) => value(label)),
      ),
    ),
    ...(trained === undefined
      ? []
      : [
          wrapped(
            'In percent: trained on these or on real images and tested on real ones; trained on real, tested on these.',
          ),
        ]),
  ].join('\n');
}

function cell(estimate: Estimate | undefined, { unit }: Pick<Figure, 'unit'>): string {
  if (estimate === undefined) return '-';
  const { value, standardError } = estimate;
  const error = standardError === undefined ? '' : ` ± ${digitsText(standardError, unit)}`;
  return `${digitsText(value, unit)}${error}`;
}

const line = (name: string, cells: readonly string[]): string =>
  `${name.padEnd(NAME_CHARACTERS)}${cells.map((text) => text.padStart(CELL_CHARACTERS)).join('')}`.trimEnd();

const percent = (share: number | undefined): string =>
  share === undefined ? '-' : (100 * share).toFixed(2);

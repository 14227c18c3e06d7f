import type { Evaluation } from '../evaluation/evaluation.js';
import {
  digitsText,
  FIGURE_NAMES,
  type Estimate,
  type Figure,
  type Figures,
} from '../evaluation/figures.js';
import { recognisedMeans, type Recognition } from '../evaluation/recognition.js';
import { wrapped } from '../names.js';
import { tableText } from '../terminal/table.js';

const NAME_CHARACTERS = 41;
const CELL_CHARACTERS = 18;
/** Of a column with the names of classes. */
const MOST_CHARACTERS = 30;
const MOST_COLUMNS = 80;
/** Of a thousand classes nobody reads a row each. */
const MOST_ROWS = 60;

/**
 * Figures beside those of real images, a row per figure.
 *
 * @param width characters of a line; where they are too few for a row, the numbers stand below the name.
 */
export function figuresTable(figures: Figures, width = MOST_COLUMNS): string {
  const line = (name: string, cells: readonly string[]): string => {
    const numbers = cells.map((text) => text.padStart(CELL_CHARACTERS)).join('');
    if (width >= NAME_CHARACTERS + numbers.length) return name.padEnd(NAME_CHARACTERS) + numbers;
    const below = cells.map((text) => text.padStart(Math.floor(width / cells.length))).join('');
    return name === '' ? below : `${wrapped(name, width)}\n${below}`;
  };
  const rows = FIGURE_NAMES.flatMap((name) => {
    const figure = figures[name];
    if (figure === undefined) return [];
    const unit = figure.unit === 'share' ? ', %' : '';
    return [line(`${figure.what}${unit}`, [cell(figure, figure), cell(figure.real, figure)])];
  });
  return [line('', ['generated', 'real']), ...rows].join('\n');
}

/**
 * What an evaluation found: figures with standard errors, then a row per digit.
 *
 * @param window characters of a line; at most 80 are used.
 */
export function evaluationTable(evaluation: Evaluation, window = Infinity): string {
  const width = Math.min(window, MOST_COLUMNS);
  const { usefulness, classifier, recognition, figures, options, data } = evaluation;
  const lines = [figuresTable(figures, width), ''];
  if (recognition === undefined || classifier === undefined) return lines.join('\n');
  if (recognition.histogram.length <= MOST_ROWS)
    lines.push(classTable(recognition, usefulness, data.classes, width), '');
  if ('unavailable' in usefulness)
    lines.push(
      wrapped(`Training on its images was not measured: ${usefulness.unavailable}.`, width),
    );
  else {
    const { tstr, baseline, labels } = usefulness;
    const origin =
      labels.source === 'model'
        ? 'Labels are the classes that the models were asked for or trained on.'
        : `Labels are the judge's, at least ${labels.minConfidence} sure (${percent(labels.rejectedShare)}% rejected): they carry what it knows of real images.`;
    lines.push(
      wrapped(
        `${tstr.trainedOn} synthetic and ${baseline.trainedOn} real images to train on, ${tstr.testedOn} real ones to test on. ${origin}`,
        width,
      ),
    );
  }
  lines.push(
    wrapped(
      `Recognised is an image that the judge takes ${recognisedMeans(recognition)}; the judge is right about ${percent(classifier.testAccuracy)}% of the real test images.${options.repeats > 1 ? ` Means of ${options.repeats} repeats, with their standard errors.` : ''}`,
      width,
    ),
  );
  return lines.join('\n');
}

function classTable(
  recognition: Recognition,
  usefulness: Evaluation['usefulness'],
  classes: readonly string[],
  width: number,
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
  const rows = recognition.histogram.map((_, label) => [
    classes[label].slice(0, MOST_CHARACTERS),
    ...columns.map(([, value]) => value(label)),
  ]);
  const table = { columns: ['class', ...columns.map(([name]) => name)], rows };
  const text = tableText(table, { width, isLeft: (k) => k === 0 });
  if (trained === undefined) return text;
  const note =
    'In percent: trained on these or on real images and tested on real ones; trained on real, tested on these.';
  return `${text}\n${wrapped(note, width)}`;
}

function cell(estimate: Estimate | undefined, { unit }: Pick<Figure, 'unit'>): string {
  if (estimate === undefined) return '-';
  const { value, standardError } = estimate;
  const error = standardError === undefined ? '' : ` ± ${digitsText(standardError, unit)}`;
  return `${digitsText(value, unit)}${error}`;
}

const percent = (share: number | undefined): string =>
  share === undefined ? '-' : (100 * share).toFixed(2);

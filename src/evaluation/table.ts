import { DIGITS } from '../data/mnist.js';
import type { DistanceReport, Recognition } from './distance.js';
import type { Evaluation } from './evaluate.js';
import type { UsefulnessReport } from './usefulness.js';

const NAME_CHARACTERS = 37;
const CELL_CHARACTERS = 7;

/** An evaluation for a person, in columns. */
export function evaluationTable({
  usefulness,
  recognition,
  frechet,
  classifier,
}: Evaluation): string {
  return [
    ...('unavailable' in usefulness
      ? [`Training on its digits: not measured, ${usefulness.unavailable}`]
      : usefulnessLines(usefulness)),
    '',
    ...recognitionLines(recognition),
    '',
    ...distanceLines(frechet),
    '',
    `The judge is a classifier with ${percent(classifier.testAccuracy)}% on the real test images.`,
  ].join('\n');
}

function usefulnessLines({ tstr, baseline, trts, labels }: UsefulnessReport): string[] {
  const line = (name: string, { accuracy, accuracyPerDigit }: UsefulnessReport['tstr']): string =>
    row(name, [accuracy, ...accuracyPerDigit].map(percent));
  const origin =
    labels.source === 'model'
      ? 'Labels are the digits that the models were trained on.'
      : `Labels are the classifier's, at least ${labels.minConfidence} sure (${percent(labels.rejectedShare)}% rejected): they carry what it knows of real digits.`;
  return [
    row('Right, in percent', ['all', ...digits()]),
    line('trained on synthetic, tested on real', tstr),
    line('trained on real, tested on real', baseline),
    line('trained on real, tested on synthetic', trts),
    `${tstr.trainedOn} synthetic and ${baseline.trainedOn} real images to train on, ${tstr.testedOn} real ones to test on. ${origin}`,
  ];
}

function recognitionLines(recognition: Recognition): string[] {
  if (recognition.kind === 'per-digit') {
    const { images, recognised, recognisedPerDigit } = recognition;
    return [
      row('Recognised, in percent', ['all', ...digits()]),
      row(`of ${images} images`, [recognised, ...recognisedPerDigit].map(percent)),
    ];
  }
  const { images, histogram, meanConfidence } = recognition;
  return [
    row('Taken for the digit', ['', ...digits()]),
    row(`of ${images} images`, ['', ...histogram.map(String)]),
    `The classifier is ${percent(meanConfidence)}% sure on average.`,
  ];
}

function distanceLines({ synthetic, floor, realTraining, dimensions }: DistanceReport): string[] {
  const line = (name: string, { distance, counts }: DistanceReport['floor']): string =>
    row(name, [distance.toFixed(3), `  (${counts.join(' and ')} images)`]);
  return [
    `Frechet distance (in the ${dimensions} features of the classifier)`,
    line('  synthetic, real test', synthetic),
    line('  real training, real test', realTraining),
    line('  two halves of real training', floor),
  ];
}

const digits = (): string[] => Array.from({ length: DIGITS }, (_, digit) => String(digit));

const percent = (share: number | undefined): string =>
  share === undefined ? '-' : (100 * share).toFixed(share === 1 ? 1 : 2);

function row(name: string, cells: readonly string[]): string {
  return `${name.padEnd(NAME_CHARACTERS)}${cells.map((cell) => cell.padStart(CELL_CHARACTERS)).join('')}`.trimEnd();
}

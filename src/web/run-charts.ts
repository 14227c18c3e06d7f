import type { Level, LineChart } from '../charts/line-chart.js';
import { isLoss, lossesChart, namesOf, PICTURE_THEME, pointsOf } from '../charts/losses-chart.js';
import { lossLevels } from '../evaluation/loss-levels.js';
import { REAL_LEVELS } from '../evaluation/real-levels.js';
import type { RunOptions } from '../gan/options.js';
import { wordsOf } from '../names.js';
import { isShare, type LogRow } from '../runs/log.js';
import type { RunData } from '../runs/run-data.js';

export interface NamedRows {
  readonly name: string;
  readonly rows: readonly LogRow[];
}

/** So many runs have a colour of their own. */
export const MOST_RUNS = PICTURE_THEME.lines.length;

/** Charts of what people ask first come first; others after them. */
const FIRST = ['recognised', 'coverage', 'frechet', 'diversity'];

const TITLES: Readonly<Record<string, string>> = {
  recognised: 'Recognised by the judge',
  coverage: 'Coverage of real images',
  frechet: 'Frechet distance (lower is nearer)',
  diversity: 'Diversity of the samples',
  density: 'Density at real images',
  preference: 'Preference for training over test images',
  evenness: 'Rarest and most frequent class',
};

/** The charts of a run: what was measured of its images, and all losses in one, with the values that have a meaning. */
export function runCharts({
  rows,
  description,
}: Pick<RunData, 'rows' | 'description'>): LineChart[] {
  const { options, data } = description;
  const names = numbersOf(rows).filter((name) => !isLoss(name));
  const pair = ['rarest', 'mostFrequent'].filter((name) => names.includes(name));
  const single = names
    .filter((name) => !pair.includes(name))
    .map((name) => numberChart([{ name: wordsOf(name), rows }], name, levelsOf(name, options)));
  const evenness: LineChart = {
    title: TITLES.evenness,
    lines: pair.map((name) => lineOf({ name: wordsOf(name), rows }, name)),
    levels: [{ value: 1 / data.classes.length, label: 'even' }],
    share: true,
  };
  const first = single.filter(({ title }) => FIRST.some((name) => TITLES[name] === title));
  return [
    ...first,
    { ...lossesChart(rows), levels: levelsOfLosses(options) },
    ...(pair.length > 0 ? [evenness] : []),
    ...single.filter((chart) => !first.includes(chart)),
  ];
}

/** What is left to the pages of single runs. */
const DETAILS = new Set(['rarest', 'mostFrequent', 'density', 'preference']);

/** A chart per number that is logged, a line per run. */
export function manyRunsCharts(runs: readonly NamedRows[]): LineChart[] {
  return numbersOf(runs.flatMap(({ rows }) => rows))
    .filter((name) => !DETAILS.has(name))
    .map((name) => numberChart(runs, name, []));
}

/** One number over the epochs, a line per run. */
export function numberChart(
  runs: readonly NamedRows[],
  name: string,
  levels: readonly Level[],
): LineChart {
  return {
    title: TITLES[name] ?? capitalised(wordsOf(name)),
    lines: runs.map((run) => lineOf(run, name)),
    levels,
    share: isShare(name),
  };
}

const lineOf = ({ name, rows }: NamedRows, number: string): LineChart['lines'][number] => ({
  name,
  points: pointsOf(rows, (k) => rows[k].scalars[number] ?? rows[k].measures[number]),
});

/** The names of all numbers: those that people ask for first, losses, others. */
function numbersOf(rows: readonly LogRow[]): string[] {
  const names = namesOf(rows.map(({ scalars, measures }) => ({ ...scalars, ...measures })));
  return [
    ...FIRST.filter((name) => names.includes(name)),
    ...names.filter((name) => isLoss(name)),
    ...names.filter((name) => !isLoss(name) && !FIRST.includes(name)),
  ];
}

/** What real images have. */
function levelsOf(name: string, { digit, conditional }: RunOptions): Level[] {
  const asked = conditional || digit !== undefined;
  const values: Readonly<Record<string, number>> = {
    recognised: asked ? REAL_LEVELS.accuracy : REAL_LEVELS.sure,
    coverage: REAL_LEVELS.coverage,
    diversity: 1,
  };
  return name in values ? [{ value: values[name], label: 'real images' }] : [];
}

/** Where the losses lie when neither network can win, as LOSS_MEANINGS says; of others there is no such value. */
const UNDECIDED: Readonly<Record<string, readonly Level[]>> = {
  relativistic: [{ value: Math.LN2, label: 'undecided' }],
  'least-squares': [
    { value: 0.25, label: 'discriminator undecided' },
    { value: 0.125, label: 'generator undecided' },
  ],
  hinge: [{ value: 2, label: 'discriminator undecided' }],
};

/** Where the losses lie when one side has won, and when neither can. */
function levelsOfLosses({ loss, labelSmoothing }: RunOptions): readonly Level[] {
  if (loss !== 'non-saturating') return UNDECIDED[loss] ?? [];
  const { floor, undecided, generatorUndecided } = lossLevels(labelSmoothing);
  return [
    { value: floor, label: 'discriminator has won' },
    { value: undecided, label: 'discriminator undecided' },
    { value: generatorUndecided, label: 'generator undecided' },
  ];
}

const capitalised = (text: string): string => `${text[0].toUpperCase()}${text.slice(1)}`;

import { UserError } from '../errors.js';
import type { Judgement } from './judgement.js';
import type { Unavailable, UsefulnessReport } from './usefulness.js';

/** How a figure is written: shares, which are between 0 and 1, in percent. */
export type Unit = 'share' | 'number' | 'count' | 'nats';

/** The numbers of an evaluation that are compared and required, by name. */
export const FIGURES = {
  modes: { what: 'modes found', unit: 'count', better: 'higher' },
  divergence: { what: 'KL divergence from the data, nats', unit: 'nats', better: 'lower' },
  recognised: { what: 'recognised', unit: 'share', better: 'higher' },
  rarest: { what: 'images of the rarest class', unit: 'share', better: 'higher' },
  mostFrequent: { what: 'images of the most frequent class', unit: 'share', better: 'lower' },
  frechet: { what: 'Frechet distance to real test images', unit: 'number', better: 'lower' },
  coverage: { what: 'coverage of real test images', unit: 'share', better: 'higher' },
  density: { what: 'density at real test images', unit: 'number', better: 'higher' },
  copies: { what: 'as near to a training image as copies', unit: 'share', better: 'lower' },
  secondJudge: { what: 'recognised by the second judge', unit: 'share', better: 'higher' },
  tstr: { what: 'trained on these, tested on real', unit: 'share', better: 'higher' },
  trts: { what: 'trained on real, tested on these', unit: 'share', better: 'higher' },
} as const satisfies Record<string, { what: string; unit: Unit; better: 'higher' | 'lower' }>;

export type FigureName = keyof typeof FIGURES;
export const FIGURE_NAMES = Object.keys(FIGURES) as FigureName[];

/** A mean over repeats. */
export interface Estimate {
  readonly value: number;
  /** Deviation of the repeats divided by the root of their number; absent where there is one. */
  readonly standardError?: number;
}

export interface Figure extends Estimate {
  readonly what: string;
  readonly unit: Unit;
  readonly better: 'higher' | 'lower';
  /** Of each repeat. */
  readonly values: readonly number[];
  /** The same of real images. */
  readonly real?: Estimate;
}

export type Figures = Partial<Readonly<Record<FigureName, Figure>>>;

/** One repeat. */
export interface Repeat {
  readonly judgement: Partial<Judgement>;
  readonly usefulness?: UsefulnessReport | Unavailable;
}

/** @param values at least one. */
export function estimateOf(values: readonly number[]): Estimate {
  const n = values.length;
  const value = values.reduce((sum, x) => sum + x, 0) / n;
  if (n === 1) return { value };
  const squares = values.reduce((sum, x) => sum + (x - value) ** 2, 0);
  return { value, standardError: Math.sqrt(squares / (n - 1) / n) };
}

/** The figures of one or more repeats; those that were not measured in all of them are left out. */
export function figuresOf(repeats: readonly Repeat[]): Figures {
  const measured = repeats.map(valuesOf);
  const figures: Partial<Record<FigureName, Figure>> = {};
  for (const name of FIGURE_NAMES) {
    const pairs = measured.flatMap((one) => one[name] ?? []);
    if (pairs.length < repeats.length) continue;
    const values = pairs.map(({ value }) => value);
    const reals = pairs.flatMap(({ real }) => real ?? []);
    figures[name] = {
      ...FIGURES[name],
      ...estimateOf(values),
      values,
      ...(reals.length === pairs.length && { real: estimateOf(reals) }),
    };
  }
  return figures;
}

type Values = Partial<Record<FigureName, { value: number; real?: number }>>;

function valuesOf({ judgement, usefulness }: Repeat): Values {
  const { modes, recognition, evenness, frechet, coverage, copies, secondJudge } = judgement;
  return {
    ...(modes && {
      modes: { value: modes.generated.found, real: modes.real.found },
      divergence: { value: modes.generated.divergence, real: modes.real.divergence },
    }),
    ...(recognition && {
      recognised: { value: recognition.recognised, real: recognition.realRecognised },
    }),
    ...(evenness && {
      rarest: { value: evenness.rarest.share },
      mostFrequent: { value: evenness.mostFrequent.share },
    }),
    ...(frechet && {
      frechet: { value: frechet.synthetic.distance, real: frechet.realTraining.distance },
    }),
    ...(coverage && {
      coverage: { value: coverage.synthetic.coverage, real: coverage.realTraining.coverage },
      density: { value: coverage.synthetic.density, real: coverage.realTraining.density },
    }),
    ...(copies && { copies: { value: copies.share, real: copies.realShare } }),
    ...(secondJudge && {
      secondJudge: { value: secondJudge.recognised, real: secondJudge.realRecognised },
    }),
    ...(usefulness &&
      !('unavailable' in usefulness) && {
        tstr: { value: usefulness.tstr.accuracy, real: usefulness.baseline.accuracy },
        trts: { value: usefulness.trts.accuracy },
      }),
  };
}

/** A limit that a figure has to keep. */
export interface Requirement {
  readonly name: FigureName;
  /** In the figure's unit: a share between 0 and 1. */
  readonly limit: number;
}

/**
 * Requirements as they are typed: `98` for TSTR in percent, or `tstr:98,recognised:99,frechet:5`; shares in percent.
 *
 * @throws UserError for anything else.
 */
export function parseRequirements(text: string): Requirement[] {
  return text.split(',').map((part) => {
    const [, name = 'tstr', number] = /^(?:([A-Za-z]+):)?(\d+(?:\.\d+)?)$/.exec(part.trim()) ?? [];
    const known = FIGURE_NAMES.find((one) => one === name);
    if (number === undefined || known === undefined)
      throw new UserError(
        `--require: found "${part}", expected a number of percent for tstr, as 98, or a figure and its limit, as recognised:99; the figures are ${FIGURE_NAMES.join(', ')}`,
      );
    return { name: known, limit: Number(number) / (FIGURES[known].unit === 'share' ? 100 : 1) };
  });
}

/** The requirements that figures do not keep, each as a sentence; one that was not measured is not kept. */
export function unmet(figures: Figures, requirements: readonly Requirement[]): string[] {
  return requirements.flatMap(({ name, limit }) => {
    const { better, unit } = FIGURES[name];
    const figure = figures[name];
    const expected = `expected at ${better === 'higher' ? 'least' : 'most'} ${numberText(limit, unit)}`;
    if (figure === undefined) return [`${name} was not measured, ${expected}`];
    const kept = better === 'higher' ? figure.value >= limit : figure.value <= limit;
    return kept ? [] : [`${name} is ${numberText(figure.value, unit)}, ${expected}`];
  });
}

const DECIMALS: Readonly<Record<Unit, number>> = { share: 2, number: 2, count: 0, nats: 4 };

/** A figure's number as people read it, without its unit: shares in percent. */
export const digitsText = (value: number, unit: Unit): string =>
  (unit === 'share' ? 100 * value : value).toFixed(DECIMALS[unit]);

/** The same with a sign of percent for shares. */
export const numberText = (value: number, unit: Unit): string =>
  `${digitsText(value, unit)}${unit === 'share' ? '%' : ''}`;

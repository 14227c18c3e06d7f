import type { Explanation } from './explain.js';
import { countsText, type StepTimes } from './times.js';

/** Calls of generated code that are shown at most, of those that take more than this share of the step. */
const MOST_CALLS = 12;
const SMALL_SHARE = 0.01;

/** The phases and the parts of a step as two tables. */
export function summaryText({ phases, rewrites, slower }: Explanation, times: StepTimes): string {
  const phaseLines = phases.flatMap(({ phase, milliseconds, made }) => {
    const line = `${phase.padEnd(9)}${milliseconds.toFixed(0).padStart(7)}  ${made}`;
    const applied = Object.entries(rewrites).sort(([, a], [, b]) => b - a);
    return phase === 'simplify' && applied.length > 0
      ? [line, `${' '.repeat(18)}${countsText(Object.fromEntries(applied))}`]
      : [line];
  });
  const all = times.milliseconds;
  const row = (number: string, engine: string, ms: number, what: string): string =>
    `${number.padEnd(6)} ${engine.padEnd(6)}${ms.toFixed(3).padStart(9)}  ${`${Math.round((100 * ms) / all)}%`.padStart(4)}  ${what}`;
  const shown = new Set(
    times.stages
      .flatMap(({ calls }) => calls)
      .filter(({ milliseconds }) => milliseconds > SMALL_SHARE * all)
      .sort((a, b) => b.milliseconds - a.milliseconds)
      .slice(0, MOST_CALLS),
  );
  const stageLines = times.stages.flatMap(({ engine, milliseconds, ops, calls }, k) => [
    row(String(k), engine, milliseconds, countsText(ops)),
    ...calls.flatMap((call, n) =>
      shown.has(call)
        ? [
            row(
              ` ${k}.${n}`,
              '',
              call.milliseconds,
              `${call.origin}: ${call.ops} -> ${call.results}`,
            ),
          ]
        : [],
    ),
  ]);
  const rest = times.stages.reduce((left, { milliseconds }) => left - milliseconds, all);
  return [
    'phase         ms  what it made',
    ...phaseLines,
    '',
    'stage  engine       ms        what it computes',
    ...stageLines,
    row('rest', '', Math.max(0, rest), 'random draws, turns for others'),
    row('all', '', all, `median of ${times.runs} runs, on random numbers`),
    ...(slower.length > 0
      ? ['', `without generated code, and so by a slower engine: ${slower.join(', ')}`]
      : []),
  ].join('\n');
}

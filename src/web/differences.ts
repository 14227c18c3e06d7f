import { flagOf } from '../options.js';
import { RUN_OPTIONS, type RunOptions } from '../gan/options.js';
import type { RunDescription } from '../runs/run-description.js';

/** A line of a table: what differs, and its value in each run, `-` where it has none. */
export interface Difference {
  readonly name: string;
  readonly values: readonly string[];
}

/** The options, backend, data and versions in which runs differ. Two of the same seed that differ in nothing are the same run. */
export function differences(runs: readonly RunDescription[]): Difference[] {
  const all = runs.map(facts);
  const names = [...new Set(all.flatMap((one) => Object.keys(one)))];
  return names
    .map((name) => ({ name, values: all.map((one) => one[name] ?? '-') }))
    .filter(({ values }) => new Set(values).size > 1);
}

type Value = string | number | boolean | undefined;

function facts({ options, backend, data, versions }: RunDescription): Record<string, string> {
  const named: [string, Value][] = [
    ...Object.keys(RUN_OPTIONS).map((name): [string, Value] => [
      flagOf(name),
      options[name as keyof RunOptions],
    ]),
    ['backend', `${backend.name} (${backend.library})`],
    ['threads', backend.threads],
    ...Object.entries(data.digests).map(([name, digest]): [string, Value] => [
      `SHA-256 of ${name}`,
      digest.slice(0, 12),
    ]),
    ...Object.entries(versions).map(([name, version]): [string, Value] => [name, version]),
  ];
  return Object.fromEntries(
    named.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}

import type { Backend, Executable, StepPart } from '../backends/index.js';
import type { CompiledStep } from '../compiler/compile.js';
import { namesOf } from '../compiler/graph/print.js';
import { typeText, type Value } from '../compiler/graph/value.js';
import { opOf, opsOf } from '../compiler/plan/print.js';
import { valuesOf, type Stage } from '../compiler/plan/schedule.js';
import { Random } from '../data/random.js';

const WARM_UP = 10;
const MOST_RUNS = 200;
const LONGEST_MS = 3000;

/** What runs of a step took: medians, in milliseconds. */
export interface StepTimes {
  readonly runs: number;
  readonly milliseconds: number;
  /** A stage of generated code has its calls beside it. */
  readonly stages: readonly StageTime[];
}

export interface StageTime {
  readonly engine: 'onnx' | 'wasm';
  readonly milliseconds: number;
  /** The ops of the graph that it computes, each with how often. */
  readonly ops: Readonly<Record<string, number>>;
  readonly calls: readonly CallTime[];
}

export interface CallTime {
  /** The ops of the graph that it computes, those of a loop in their order. */
  readonly ops: string;
  /** The TensorFlow.js ops that they were made for. */
  readonly origin: string;
  /** The types of what it writes, as `f32[100, 128]`. */
  readonly results: string;
  readonly milliseconds: number;
}

/** Runs a compiled step on random numbers, as long as it takes for steady figures, at most some seconds. */
export async function timeParts(compiled: CompiledStep, backend: Backend): Promise<StepTimes> {
  const random = new Random(1, 'explain');
  const parts = new Map<string, number[]>();
  const wholes: number[] = [];
  const timed = ({ stage, call }: StepPart, milliseconds: number): void => {
    const key = `${stage} ${call}`;
    if (!parts.has(key)) parts.set(key, []);
    parts.get(key)!.push(milliseconds);
  };
  const executable = await backend.load(compiled, { random, timed, warn: () => {} });
  try {
    fillInputs(executable, random);
    const begin = performance.now();
    for (let run = 0; run < MOST_RUNS; run++) {
      const [before, spent] = [performance.now(), performance.now() - begin];
      if (spent > LONGEST_MS && run > 0) break;
      if (run === WARM_UP && spent < LONGEST_MS / 2) {
        parts.clear();
        wholes.length = 0;
      }
      await executable.run();
      wholes.push(performance.now() - before);
    }
  } finally {
    await executable.dispose();
  }
  const timeOf = (stage: number, call?: number): number => median(parts.get(`${stage} ${call}`)!);
  return {
    runs: wholes.length,
    milliseconds: median(wholes),
    stages: compiled.stages.map((stage, k) => stageTime(stage, (call) => timeOf(k, call))),
  };
}

function fillInputs({ inputs }: Executable, random: Random): void {
  for (const values of Object.values(inputs))
    if (values instanceof Float32Array) random.uniform(values);
}

function stageTime(stage: Stage, timeOf: (call?: number) => number): StageTime {
  if (stage.kind === 'onnx') {
    return { engine: 'onnx', milliseconds: timeOf(), ops: countOps(valuesOf(stage)), calls: [] };
  }
  const calls = stage.calls.map(({ values, results }, k) => ({
    ops: opsOf(values),
    results: results.map(typeText).join(', '),
    origin: [...new Set(values.map(opOf))].join(', '),
    milliseconds: timeOf(k),
  }));
  return {
    engine: 'wasm',
    milliseconds: calls.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    ops: countOps(stage.calls.flatMap(({ values }) => values)),
    calls,
  };
}

function countOps(values: readonly Value[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { source } of values)
    if (source.kind === 'node') counts.set(source.op, (counts.get(source.op) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([, a], [, b]) => b - a));
}

function median(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Every part of a step with its time, in the order in which they run. */
export function partsText(compiled: CompiledStep, { stages, milliseconds }: StepTimes): string {
  const names = namesOf(compiled.graph);
  const line = (number: string, ms: number, what: string): string =>
    `${number.padEnd(8)}${ms.toFixed(4).padStart(9)} ms  ${what}`;
  const lines = compiled.stages.flatMap((stage, k) => {
    const time = stages[k];
    const own = line(`${k}.`, time.milliseconds, `${time.engine}: ${countsText(time.ops)}`);
    if (stage.kind === 'onnx') return [own];
    return [
      own,
      ...stage.calls.map(({ results }, call) => {
        const { ops, origin, milliseconds: ms } = time.calls[call];
        const to = results.map((value) => `${names.get(value)}: ${typeText(value)}`).join(', ');
        return line(`${k}.${call}`, ms, `${ops} -> ${to}  ${origin}`);
      }),
    ];
  });
  return [...lines, line('step', milliseconds, 'the median run')].join('\n');
}

/** As `Gemm 12, Mul 30`. */
export const countsText = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${name} ${count}`)
    .join(', ');

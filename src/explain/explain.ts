import type { Backend } from '../backends/index.js';
import { compile, type Phases } from '../compiler/compile.js';
import { printGraph } from '../compiler/graph/print.js';
import { isNode, type Value } from '../compiler/graph/value.js';
import { opOf, opsWithoutCode, printPlacement, printPlan } from '../compiler/plan/print.js';
import type { Step, TraceOptions } from '../compiler/trace/trace.js';
import { UserError } from '../errors.js';
import { encodedText } from './encoded-text.js';
import { partsText, timeParts, type StepTimes } from './times.js';
import { madeText } from './made.js';
import { EXPLAINED_PHASES, type ExplainedPhase } from './phases.js';

/** What the compiler does with a step on a backend. */
export interface Explanation {
  /** How long each phase took, and in a few words what it made. */
  readonly phases: readonly {
    readonly phase: Exclude<ExplainedPhase, 'run'>;
    readonly milliseconds: number;
    readonly made: string;
  }[];
  /** How often each rewrite applied. */
  readonly rewrites: Readonly<Record<string, number>>;
  /** TensorFlow.js ops that a slower engine computes, since there is no generated code for them. */
  readonly slower: readonly string[];
  /** How long each part of the step takes, on random numbers: it is run for some seconds. */
  times(): Promise<StepTimes>;
  /** What a phase made, as text: graphs a value a line, the plan, the generated code, the time of each part. */
  text(phase: ExplainedPhase): Promise<string>;
}

/**
 * Compiles a step for a backend and says what each phase made; runs it on random numbers where its times are asked for.
 *
 * @throws UserError for a backend that compiles nothing; RunError as {@link compile}.
 */
export async function explain(
  step: Step,
  backend: Backend,
  options: TraceOptions,
): Promise<Explanation> {
  if (backend.target.name === 'eager')
    throw new UserError(
      `--backend: found ${backend.name}, which runs TensorFlow.js a kernel at a time and compiles nothing, expected native or wasm`,
    );
  const made: Partial<Phases> = {};
  const milliseconds: Partial<Record<keyof Phases, number>> = {};
  const rewrites: Record<string, number> = {};
  let begin = performance.now();
  compile(step, backend.target, options, (phase, result) => {
    if (phase === 'rewrite') {
      const name = result as Phases['rewrite'];
      rewrites[name] = (rewrites[name] ?? 0) + 1;
      return;
    }
    milliseconds[phase] = performance.now() - begin;
    Object.assign(made, { [phase]: result });
    begin = performance.now();
  });
  const phases = made as Phases;
  let timed: Promise<StepTimes> | undefined;
  const times = (): Promise<StepTimes> => (timed ??= timeParts(phases.encode, backend));
  const texts: Record<ExplainedPhase, () => string | Promise<string>> = {
    trace: () => printGraph(phases.trace, opOf),
    simplify: () => printGraph(phases.simplify, opOf),
    assign: () => printGraph(phases.simplify, (value) => engineOf(phases, value)),
    schedule: () => printPlan(phases.encode),
    place: () => printPlacement(phases.encode),
    encode: () => encodedText(phases.encode),
    run: async () => partsText(phases.encode, await times()),
  };
  return {
    phases: EXPLAINED_PHASES.flatMap((phase) =>
      phase === 'run'
        ? []
        : [{ phase, milliseconds: milliseconds[phase]!, made: madeText(phase, phases) }],
    ),
    rewrites,
    slower: backend.target.generated === 'all' ? opsWithoutCode(phases.encode) : [],
    times,
    text: async (phase) => texts[phase](),
  };
}

/** Who computes a value; a reshape is nobody's work. */
const engineOf = ({ assign }: Phases, value: Value): string =>
  assign.get(value) ?? (isNode(value, 'Reshape') ? 'view' : '');

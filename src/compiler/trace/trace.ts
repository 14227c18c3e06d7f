import * as tf from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import { Builder, typedValues } from '../graph/builder.js';
import { verify, type Graph, type State } from '../graph/graph.js';
import { topological, type DType, type TypedValues, type Value } from '../graph/value.js';
import { withRecording, type TraceBackend } from './backend.js';
import { checkInputs, checkNames, outputTensors } from './check.js';
import { compareRecordings } from './compare.js';
import { warnOfOtherCopy } from './copies.js';
import { stepRandom } from './random.js';
import type { Step, TraceOptions } from './step.js';

export type { InputSpec, Step, TraceOptions } from './step.js';

/** A recorded step, and the builder to go on with. */
export interface Traced {
  readonly graph: Graph;
  readonly builder: Builder;
}

/**
 * Records what a step does. Every registered variable that the step uses becomes state, also those that it makes (an
 * optimizer's slots). Variables have their values back afterwards. The step is called until it makes no variables, and
 * once more, to see that it does the same each time.
 *
 * @throws RunError where the step uses a kernel without a rule, reads a traced value, or does not do the same each time.
 */
export function trace(step: Step, options: TraceOptions): Traced {
  warnOfOtherCopy();
  checkInputs(options.inputs);
  const initials = new Map<tf.Variable, TypedValues>();
  let builder = new Builder(options.freeBatch);
  let recording = record(step, options, builder, initials);
  if (initials.size > 0) {
    builder = builder.again();
    recording = record(step, options, builder, initials);
  }
  const variables = initials.size;
  const second = builder.again();
  record(step, options, second, initials);
  if (initials.size > variables)
    throw new RunError(
      'the step makes a new variable each time that it is called: make it once, outside of the step',
    );
  compareRecordings(builder, second);
  const used = usedStates(recording);
  checkNames(
    recording.inputs.flatMap(({ source }) => (source.kind === 'input' ? [source.name] : [])),
    used.map(({ name }) => name),
  );
  const states = used.map(({ variable, ...state }): State => {
    const initial = initials.get(variable) ?? variable.dataSync().slice();
    return { ...state, initial };
  });
  return { graph: verify({ ...recording, states }, 'trace'), builder };
}

interface Recording {
  readonly inputs: readonly Value[];
  /** Those that the step reads or assigns. */
  readonly states: readonly (Omit<State, 'initial'> & { readonly variable: tf.Variable })[];
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Calls the step once. @param initials what the variables that it makes start with is added here. */
function record(
  step: Step,
  { inputs, variables = new Map<tf.Variable, string>() }: TraceOptions,
  builder: Builder,
  initials: Map<tf.Variable, TypedValues>,
): Recording {
  const engine = tf.engine();
  const existing = Object.values(engine.registeredVariables);
  const saved = existing.map((variable) => tf.keep(variable.clone()));
  const makeVariable = engine.makeVariable.bind(engine);
  const made: tf.Variable[] = [];
  try {
    return withRecording(builder, (backend) => {
      const states: { variable: tf.Variable; name: string; dataId: object; current?: Value }[] = [];
      const declare = (variable: tf.Variable): void => {
        const name = variables.get(variable) ?? variable.name;
        const dtype = variable.dtype as DType;
        const current = (): Value => (state.current ??= builder.state(name, variable.shape, dtype));
        const tensor = backend.deferred(variable.shape, dtype, current);
        const state: (typeof states)[number] = { variable, name, dataId: tensor.dataId };
        states.push(state);
        variable.assign(engine.makeTensorFromTensorInfo(tensor));
      };
      existing.forEach(declare);
      engine.makeVariable = (initialValue, ...rest): tf.Variable => {
        const initial = initialValues(backend, initialValue);
        const variable = makeVariable(initialValue, ...rest);
        initials.set(variable, initial);
        made.push(variable);
        declare(variable);
        return variable;
      };
      const called = recordCall(step, inputs, builder, backend);
      const assigned = states.filter(({ variable, dataId }) => variable.dataId !== dataId);
      // One that is assigned another, as it was, reads that.
      for (const { variable } of assigned) backend.traced(variable);
      const used = states.filter((state) => state.current ?? assigned.includes(state));
      return {
        ...called,
        states: used.map(({ variable, name, current }) => ({
          variable,
          name,
          current: current ?? builder.state(name, variable.shape, variable.dtype as DType),
          next: backend.traced(variable),
        })),
      };
    });
  } finally {
    engine.makeVariable = makeVariable;
    existing.forEach((variable, k) => {
      variable.assign(saved[k]);
      saved[k].dispose();
    });
    for (const variable of made) {
      const values = tf.tensor(initials.get(variable)!, variable.shape, variable.dtype);
      variable.assign(values);
      values.dispose();
    }
  }
}

/** Calls the step on tensors of its inputs, to which its draws are added. */
function recordCall(
  step: Step,
  inputs: TraceOptions['inputs'],
  builder: Builder,
  backend: TraceBackend,
): Pick<Recording, 'inputs' | 'outputs'> {
  const inputValues = Object.entries(inputs).map(([name, { shape, dtype }]) =>
    builder.input(name, shape, dtype ?? 'float32'),
  );
  const tensor = (value: Value): tf.Tensor =>
    tf.engine().makeTensorFromTensorInfo(backend.tensorOf(value));
  const given = Object.keys(inputs).map((name, k) => [name, tensor(inputValues[k])] as const);
  const random = stepRandom((distribution, shape) => {
    builder.origin = `random.${distribution.kind}`;
    const drawn = builder.draw(distribution, shape);
    inputValues.push(drawn);
    return tensor(drawn);
  });
  const results = outputTensors(step(Object.fromEntries(given), random));
  builder.origin = undefined;
  const outputs = new Map(results.map(([name, result]) => [name, backend.traced(result)]));
  return { inputs: inputValues, outputs };
}

/** Without the variables that are not assigned, and read only for what nobody needs. */
function usedStates({ outputs, states }: Recording): Recording['states'] {
  const assigned = states.filter(({ current, next }) => next !== current);
  const needed = new Set(topological([...outputs.values(), ...assigned.map(({ next }) => next)]));
  return states.filter(({ current, next }) => next !== current || needed.has(current));
}

/** What a variable that the step makes starts with. */
function initialValues(backend: TraceBackend, tensor: tf.Tensor): TypedValues {
  const value = backend.traced(tensor);
  const { source } = value;
  if (source.kind === 'constant') return source.data;
  if (
    source.kind === 'node' &&
    source.op === 'Expand' &&
    source.operands[0].source.kind === 'constant'
  ) {
    return typedValues(
      value.dtype,
      new Float32Array(tensor.size).fill(source.operands[0].source.data[0]),
    );
  }
  throw new RunError(
    'a variable that a step makes must start from constants (zeros, ones), not from a traced value',
  );
}

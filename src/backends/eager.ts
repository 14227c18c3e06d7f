import * as tf from '@tensorflow/tfjs-core';
import { fillDraw, requiredSource, stepRandom } from '../compiler/trace/random.js';
import type { Compiled } from '../compiler/compile.js';
import { EAGER } from '../compiler/target.js';
import { RunError } from '../errors.js';
import { typedValues } from '../compiler/graph/builder.js';
import { sizeOf, type TypedValues } from '../compiler/graph/value.js';
import { checkInputs, checkNames, outputTensors } from '../compiler/trace/check.js';
import type { TraceOptions } from '../compiler/trace/trace.js';
import { stateValues, type Backend, type Executable, type LoadOptions } from './backend.js';
import { inOrder } from './in-order.js';
import { othersTurn } from '../turns.js';

/** Runs steps as TensorFlow.js does, a kernel at a time, on one of its own backends. */
export function eagerBackend(
  name: 'cpu' | 'tensorflow',
  tfjsBackend: string,
  library: string,
): Backend {
  return {
    name,
    library,
    threads: 1,
    target: EAGER,
    load: async (compiled, options) => loadEager(tfjsBackend, compiled, options),
  };
}

/** A step that stays uncompiled, on the TensorFlow.js backend of that name. */
export async function loadEager(
  tfjsBackend: string,
  compiled: Compiled,
  { random }: LoadOptions = {},
): Promise<Executable> {
  if (compiled.kind !== 'eager')
    throw new RunError(
      `a step that was compiled for the target ${compiled.target.name} does not run on TensorFlow.js: compile it for \`backend.target\``,
    );
  const { step } = compiled;
  const { inputs: specs, variables } = compiled.options;
  checkInputs(specs);
  checkNames(Object.keys(specs), [...(variables?.values() ?? [])]);
  await tf.setBackend(tfjsBackend);
  await tf.ready();
  const inputs = Object.fromEntries(
    Object.entries(specs).map(([name, { shape, dtype }]) => [
      name,
      typedValues(dtype ?? 'float32', new Float32Array(sizeOf(shape))),
    ]),
  );
  const draws = stepRandom((distribution, shape) => {
    const values = new Float32Array(sizeOf(shape));
    fillDraw(requiredSource(random), distribution, values);
    return tf.tensor(values, shape);
  });
  return inOrder({
    inputs,
    async run() {
      await othersTurn();
      await tf.setBackend(tfjsBackend);
      const results = tf.tidy(() => {
        const tensors = Object.entries(specs).map(
          ([name, { shape, dtype }]) =>
            [name, tf.tensor(inputs[name].slice(), [...shape], dtype ?? 'float32')] as const,
        );
        return outputTensors(step(Object.fromEntries(tensors), draws)).map(
          ([name, tensor]) => [name, tensor.dataSync().slice() as TypedValues] as const,
        );
      });
      return Object.fromEntries(results);
    },
    ...stateOf(variables),
    dispose: async () => {},
  });
}

/** As in a compiled step, variables of other steps are not its state; those without a name here are known by registration only. */
function stateOf(
  variables: TraceOptions['variables'],
): Pick<Executable, 'readState' | 'writeState'> {
  const named = (): [string, tf.Variable][] =>
    variables === undefined
      ? Object.values(tf.engine().registeredVariables).map((variable) => [variable.name, variable])
      : [...variables].map(([variable, name]) => [name, variable]);
  const read = (variable: tf.Variable): TypedValues => variable.dataSync().slice();
  return {
    readState: () => new Map(named().map(([name, variable]) => [name, read(variable)])),
    writeState(state) {
      for (const [name, variable] of named()) {
        const values = stateValues(state, name, read(variable)).slice();
        const tensor = tf.tensor(values, variable.shape, variable.dtype);
        variable.assign(tensor);
        tensor.dispose();
      }
    },
  };
}

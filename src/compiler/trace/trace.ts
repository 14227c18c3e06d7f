import * as tf from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import { Builder, typedValues } from '../graph/builder.js';
import { rootsOf, verify, type Graph, type State } from '../graph/graph.js';
import { KERNELS } from '../kernels/index.js';
import { stepRandom, type StepRandom } from './random.js';
import {
  sameShape,
  topological,
  type DType,
  type TypedValues,
  type Value,
} from '../graph/value.js';

/**
 * A training step: a function from named tensors to named tensors. The variables that it assigns are its state. It is
 * called to be recorded, not at each run: what it draws at random must come from its second argument.
 */
export type Step = (
  inputs: Record<string, tf.Tensor>,
  random: StepRandom,
) => Record<string, tf.Tensor>;

/** A recorded step, and the builder to go on with. */
export interface Traced {
  readonly graph: Graph;
  readonly builder: Builder;
}

/** What a step is given at each run. */
export interface InputSpec {
  readonly shape: readonly number[];
  readonly dtype?: 'float32' | 'int32';
}

export interface TraceOptions {
  readonly inputs: Readonly<Record<string, InputSpec>>;
  /** Names for the variables that become state; any other variable that the step uses goes by its own name. */
  readonly variables?: ReadonlyMap<tf.Variable, string>;
  /** The graph is to hold for any number of rows: see {@link Builder}. */
  readonly freeBatch?: boolean;
}

/** More elements than this that are not all alike do not become a constant: a batch or a random mask would be frozen. */
const LARGEST_CONSTANT = 64;
const BACKEND = 'gan-mnist-trace';

/** Data of the backend below: a value of the graph, or numbers from outside it. */
interface Entry {
  value?: Value;
  host?: { values: tf.BackendValues; shape: number[]; dtype: tf.DataType };
  refCount: number;
}

/** A TensorFlow.js backend whose kernels compute nothing: each writes down what it was asked for. */
class TraceBackend extends tf.KernelBackend {
  builder = new Builder();
  private readonly storage = new tf.DataStorage<Entry>(this, tf.engine());

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const id = {};
    this.storage.set(id, { host: { values, shape, dtype }, refCount: 1 });
    return id;
  }

  override move(
    id: object,
    values: tf.BackendValues,
    shape: number[],
    dtype: tf.DataType,
    refCount: number,
  ): void {
    this.storage.set(id, { host: { values, shape, dtype }, refCount });
  }

  override readSync(id: object): tf.BackendValues {
    const { host } = this.storage.get(id);
    if (host === undefined) {
      throw new RunError(
        'a compiled step cannot read a value while it is traced (dataSync, arraySync, print, or a branch on a tensor): return it as an output',
      );
    }
    return host.values;
  }

  override async read(id: object): Promise<tf.BackendValues> {
    return this.readSync(id);
  }

  tensorOf(value: Value): tf.TensorInfo {
    const dataId = {};
    this.storage.set(dataId, { value, refCount: 1 });
    return {
      dataId,
      shape: [...value.shape],
      dtype: value.dtype === 'uint8' ? 'int32' : value.dtype,
    };
  }

  /** The graph's value of a tensor; numbers from outside the trace become a constant. */
  traced({ dataId, shape }: tf.TensorInfo): Value {
    const { value, host } = this.storage.get(dataId);
    // Not kept: the numbers outlive this trace, a value means nothing in the next one's graph.
    const known = value ?? this.constant(host!.values, host!.shape, host!.dtype);
    return sameShape(known.shape, shape) ? known : this.builder.op('Reshape', [known], { shape });
  }

  private constant(values: tf.BackendValues, shape: readonly number[], dtype: tf.DataType): Value {
    if (dtype === 'string' || dtype === 'complex64') {
      throw new RunError(`a compiled step has tensors of numbers, found one of type ${dtype}`);
    }
    const numbers = typedValues(dtype, values as TypedValues);
    if (numbers.length > 1 && numbers.every((x) => x === numbers[0])) {
      return this.builder.filled(numbers[0], shape, dtype);
    }
    if (numbers.length > LARGEST_CONSTANT) {
      throw new RunError(
        `a tensor of [${shape.join(', ')}] from outside the step would be frozen into it as a constant; random numbers and data must be inputs of the step, or variables`,
      );
    }
    return this.builder.constant(numbers, shape, dtype);
  }

  override refCount(id: object): number {
    return this.storage.has(id) ? this.storage.get(id).refCount : 0;
  }

  override incRef(id: object): void {
    this.storage.get(id).refCount++;
  }

  override disposeData(id: object, force = false): boolean {
    if (!this.storage.has(id)) return true;
    const entry = this.storage.get(id);
    entry.refCount--;
    if (entry.refCount > 0 && !force) return false;
    this.storage.delete(id);
    return true;
  }

  override numDataIds(): number {
    return this.storage.numDataIds();
  }

  override floatPrecision(): 16 | 32 {
    return 32;
  }

  override memory(): { unreliable: boolean } {
    return { unreliable: true };
  }
}

let registered: TraceBackend | undefined;

function traceBackend(): TraceBackend {
  if (registered === undefined) {
    const backend = new TraceBackend();
    tf.registerBackend(BACKEND, () => backend);
    for (const [kernelName, rule] of Object.entries(KERNELS)) {
      tf.registerKernel({
        kernelName,
        backendName: BACKEND,
        kernelFunc: ({ inputs, attrs }) => {
          const operands: Record<string, Value> = {};
          for (const [name, tensor] of Object.entries(inputs)) {
            if (tensor != null) operands[name] = backend.traced(tensor);
          }
          const results = rule(backend.builder, operands, attrs ?? {});
          return Array.isArray(results)
            ? results.map((value) => backend.tensorOf(value))
            : backend.tensorOf(results);
        },
      });
    }
    registered = backend;
  }
  return registered;
}

/**
 * Runs a step once on a backend that records, and returns what it recorded. Every registered variable that the
 * step uses becomes state, also those that it makes (an optimizer's slots). Variables have their values back afterwards.
 *
 * @throws RunError where the step uses a kernel without a rule, reads a traced value, or holds a large constant.
 */
export function trace(
  step: Step,
  { inputs, variables = new Map<tf.Variable, string>(), freeBatch }: TraceOptions,
): Traced {
  const engine = tf.engine();
  tf.backend(); // chooses one where none was used yet: there would be none to go back to
  const previous = tf.getBackend();
  const backend = traceBackend();
  backend.builder = new Builder(freeBatch);
  const states: { variable: tf.Variable; current: Value; name: string; initial: TypedValues }[] =
    [];
  const declare = (variable: tf.Variable, initial: TypedValues): void => {
    const name = variables.get(variable) ?? variable.name;
    const current = backend.builder.state(name, variable.shape, variable.dtype as DType);
    states.push({ variable, current, name, initial });
    variable.assign(engine.makeTensorFromTensorInfo(backend.tensorOf(current)));
  };

  const existing = Object.values(engine.registeredVariables);
  const saved = existing.map((variable) => ({
    values: variable.dataSync().slice(),
    tensor: tf.keep(variable.clone()),
  }));
  const makeVariable = engine.makeVariable.bind(engine);
  void tf.setBackend(BACKEND); // made at once: its factory is not asynchronous
  engine.startScope();
  try {
    existing.forEach((variable, k) => declare(variable, saved[k].values));
    engine.makeVariable = (initialValue, ...rest): tf.Variable => {
      const initial = initialValues(backend, initialValue);
      const variable = makeVariable(initialValue, ...rest);
      declare(variable, initial);
      return variable;
    };
    const inputValues = Object.entries(inputs).map(([name, { shape, dtype }]) =>
      backend.builder.input(name, shape, dtype ?? 'float32'),
    );
    const tensors = Object.keys(inputs).map(
      (name, k) =>
        [name, engine.makeTensorFromTensorInfo(backend.tensorOf(inputValues[k]))] as const,
    );
    const random = stepRandom((distribution, shape) => {
      const drawn = backend.builder.draw(distribution, shape);
      inputValues.push(drawn);
      return engine.makeTensorFromTensorInfo(backend.tensorOf(drawn));
    });
    const results = Object.entries(step(Object.fromEntries(tensors), random));
    const outputs = new Map(results.map(([name, tensor]) => [name, backend.traced(tensor)]));
    const next = states.map(({ variable }) => backend.traced(variable));
    const graph = usedOnly({
      inputs: inputValues,
      states: states.map((state, k): State => ({ ...state, next: next[k] })),
      outputs,
    });
    return { graph: verify(graph, 'trace'), builder: backend.builder };
  } catch (error) {
    throw explainMissingKernel(error);
  } finally {
    engine.makeVariable = makeVariable;
    engine.endScope();
    void tf.setBackend(previous);
    existing.forEach((variable, k) => {
      variable.assign(saved[k].tensor);
      saved[k].tensor.dispose();
    });
    for (const { variable, initial } of states.slice(existing.length)) {
      const values = tf.tensor(initial, variable.shape, variable.dtype);
      variable.assign(values);
      values.dispose();
    }
  }
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

/** Without the variables that the step neither reads nor assigns. */
function usedOnly(graph: Graph): Graph {
  const used = new Set(
    topological(
      rootsOf({ ...graph, states: graph.states.filter(({ current, next }) => next !== current) }),
    ),
  );
  return {
    ...graph,
    states: graph.states.filter(({ current, next }) => next !== current || used.has(current)),
  };
}

function explainMissingKernel(error: unknown): unknown {
  const kernel = /[Kk]ernel '(\w+)' (?:not registered )?for backend 'gan-mnist-trace'/.exec(
    error instanceof Error ? error.message : '',
  )?.[1];
  if (kernel === undefined) return error;
  return new RunError(
    `the compiler has no rule for the TensorFlow.js kernel ${kernel}: write the step without it, run it with --backend cpu, or add a rule to src/compiler/kernels`,
  );
}

import * as tf from '@tensorflow/tfjs-core';
import { RunError } from '../../errors.js';
import type { Builder } from '../graph/builder.js';
import { typedValues } from '../graph/builder.js';
import { sameShape, type DType, type TypedValues, type Value } from '../graph/value.js';
import { KERNELS } from '../kernels/index.js';
import type { Rule } from '../kernels/rule.js';
import { withOwnGradients } from './gradients.js';
import { explained } from './missing.js';
import { currentOp } from './origin.js';

/** More than this (64 MB of float32) is data, which a step should be given: a compiled step holds its constants. */
const LARGEST_CONSTANT = 2 ** 24;
const BACKEND = 'gan-mnist-trace';

/** Data of the backend below: a value of the graph, a variable that was not read yet, or numbers from outside it. */
interface Entry {
  value?: Value;
  /** Makes the value when it is first asked for. */
  readonly declare?: (() => Value) | undefined;
  readonly host?: { values: tf.BackendValues; shape: number[]; dtype: tf.DataType };
  /** The TensorFlow.js op that brought the numbers in. */
  readonly origin?: string | undefined;
  refCount: number;
}

/** A TensorFlow.js backend whose kernels compute nothing: each writes down what it was asked for. */
export class TraceBackend extends tf.KernelBackend {
  /** What is wrong with the recording, where the step was not told. */
  failure: Error | undefined;
  private readonly storage = new tf.DataStorage<Entry>(this, tf.engine());

  constructor(readonly builder: Builder) {
    super();
  }

  override write(values: tf.BackendValues, shape: number[], dtype: tf.DataType): object {
    const id = {};
    this.storage.set(id, { host: { values, shape, dtype }, origin: currentOp(), refCount: 1 });
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
      // TensorFlow.js moves the tensor of another recording to the present one by reading it.
      if (recording !== this) throw keptTensor();
      checkBackend();
      throw new RunError(
        'a compiled step cannot read a value while it is traced (dataSync, arraySync, print, or a branch on a tensor): return it as an output',
      );
    }
    return host.values;
  }

  /** A value that is asked for without waiting is an error of the recording: nobody may hear of the promise's. */
  override read(id: object): Promise<tf.BackendValues> {
    try {
      return Promise.resolve(this.readSync(id));
    } catch (error) {
      this.failure ??= error as Error;
      return new Promise(() => {});
    }
  }

  tensorOf(value: Value): tf.TensorInfo {
    return this.stored({ value, refCount: 1 }, value);
  }

  /** A tensor that is made a value when it is first read. */
  deferred(shape: readonly number[], dtype: DType, declare: () => Value): tf.TensorInfo {
    return this.stored({ declare, refCount: 1 }, { shape, dtype });
  }

  private stored(entry: Entry, { shape, dtype }: Pick<Value, 'shape' | 'dtype'>): tf.TensorInfo {
    const dataId = {};
    this.storage.set(dataId, entry);
    return { dataId, shape: [...shape], dtype };
  }

  /** The graph's value of a tensor; numbers from outside the trace become a constant. */
  traced({ dataId, shape }: tf.TensorInfo): Value {
    if (!this.storage.has(dataId) && !tf.engine().state.tensorInfo.has(dataId))
      throw new RunError(
        `${this.builder.origin ?? 'the step'}: found a tensor that is disposed of (by tf.dispose, since the tf.tidy that it was made in has ended, or since the gradient of an op does not keep it, as TensorFlow.js' own of tf.logSigmoid: write tf.neg(tf.softplus(tf.neg(x)))), expected one that is kept until then`,
      );
    const entry = this.storage.get(dataId);
    entry.value ??= entry.declare?.();
    const { host } = entry;
    // Not kept: the numbers outlive this trace, a value means nothing in the next one's graph.
    const known = entry.value ?? this.constant(host!.values, host!.shape, host!.dtype, entry);
    return sameShape(known.shape, shape) ? known : this.builder.op('Reshape', [known], { shape });
  }

  private constant(
    values: tf.BackendValues,
    shape: readonly number[],
    dtype: tf.DataType,
    { origin }: Entry,
  ): Value {
    if (dtype === 'string' || dtype === 'complex64') {
      throw new RunError(`a compiled step has tensors of numbers, found one of type ${dtype}`);
    }
    const reader = this.builder.origin;
    this.builder.origin = origin ?? reader;
    if (values.length > LARGEST_CONSTANT)
      throw new RunError(
        `a tensor of [${shape.join(', ')}] from outside the step would be a constant of ${values.length} elements in it; expected at most ${LARGEST_CONSTANT}: give it as an input, or make it a variable`,
      );
    const numbers = typedValues(dtype, values as TypedValues);
    const alike = numbers.length > 1 && numbers.every((x) => Object.is(x, numbers[0]));
    const value = alike
      ? this.builder.filled(numbers[0], shape, dtype)
      : this.builder.constant(numbers, shape, dtype);
    this.builder.origin = reader;
    return value;
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

  override dispose(): void {}
}

const keptTensor = (): RunError =>
  new RunError(
    'the step keeps a tensor that it computed from one call to the next (tf.keep, or a variable of JavaScript): what lasts must be a tf.variable that it assigns',
  );

/** @throws RunError where the step has chosen another backend, which would compute from what is only written down. */
function checkBackend(): void {
  if (tf.getBackend() !== BACKEND)
    throw new RunError(
      `the step calls tf.setBackend('${tf.getBackend()}'): what computes a compiled step is chosen where it is compiled and loaded; leave the call out of the step`,
    );
}

let recording: TraceBackend | undefined;
let kernelsRegistered = false;

function registerKernels(): void {
  if (kernelsRegistered) return;
  kernelsRegistered = true;
  for (const [kernelName, rule] of Object.entries(KERNELS)) {
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, attrs }) => {
        const backend = recording!;
        backend.builder.origin = currentOp();
        const operands: Record<string, Value> = {};
        const tensors = new Map<Value, tf.TensorInfo>();
        for (const [name, tensor] of Object.entries(inputs)) {
          if (tensor == null) continue;
          operands[name] = backend.traced(tensor);
          tensors.set(operands[name], tensor);
        }
        const results = applied(kernelName, rule, backend.builder, operands, attrs ?? {});
        if (Array.isArray(results)) return results.map((value) => backend.tensorOf(value));
        // What is its operand shares its data, as on TensorFlow.js' own backends: that lasts as long as either does.
        const same = tensors.get(results);
        if (same === undefined) return backend.tensorOf(results);
        const { dataId, shape, dtype } = same;
        backend.incRef(dataId);
        return { dataId, shape, dtype };
      },
    });
  }
}

/** What a rule makes. @throws RunError that names the op, where it does not fit the operands. */
function applied(
  kernel: string,
  rule: Rule,
  builder: Builder,
  operands: Record<string, Value>,
  attributes: tf.NamedAttrMap,
): Value | Value[] {
  try {
    return rule(builder, operands, attributes);
  } catch (error) {
    throw new RunError(`${builder.origin ?? kernel}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Calls TensorFlow.js code with every kernel recorded by this builder; the backend before is the current one again afterwards. */
export function withRecording<Result>(
  builder: Builder,
  record: (backend: TraceBackend) => Result,
): Result {
  registerKernels();
  const previous = tf.getBackend() as string | null | undefined;
  const backend = new TraceBackend(builder);
  recording = backend;
  tf.registerBackend(BACKEND, () => backend, 0);
  void tf.setBackend(BACKEND); // at once: its factory is not asynchronous
  tf.engine().startScope();
  try {
    const result = withOwnGradients(() => record(backend));
    checkBackend();
    if (backend.failure !== undefined) throw backend.failure;
    return result;
  } catch (error) {
    throw explained(error, BACKEND);
  } finally {
    tf.engine().endScope();
    recording = undefined;
    tf.removeBackend(BACKEND);
    // None was chosen yet where TensorFlow.js has not been used: then none is again.
    if (previous != null) void tf.setBackend(previous);
  }
}

import {
  isNode,
  operandsOf,
  sameShape,
  sizeOf,
  type NodeValue,
  type Value,
  storageOf,
} from '../../graph/value.js';
import type { Target } from '../../target.js';
import { broadcastPattern } from './axes.js';
import { copyTask, isCopy } from './copies.js';
import { isLaneOp } from './elementwise-ops.js';
import { readsOf } from './lanes.js';
import { gatherTask } from './gather.js';
import { isRowSoftmax, softmaxTask } from './softmax.js';
import { isBiasShape, productTask, type ProductShape } from './product.js';
import { isReduction, reductionTask } from './reduction.js';
import type { Task } from './task.js';

/** What computes a value that is no element-wise op: the task, and the storages that it reads. */
export interface GeneratedOp {
  readonly operands: readonly Value[];
  readonly task: (target: Target) => Task;
}

/** Whether WebAssembly can be generated for the value. */
export function isGenerated(value: Value): boolean {
  if (value.source.kind !== 'node' || isNode(value, 'Reshape')) return true;
  if ([value, ...operandsOf(value)].some(({ shape }) => sizeOf(shape) === 0)) return false;
  return isLaneOp(value) || generatedOp(value) !== undefined;
}

/** The task of a value; undefined where there is none. */
export function generatedOp(value: Value): GeneratedOp | undefined {
  const operands = operandsOf(value).map(storageOf);
  if (isCopy(value)) return { operands, task: () => copyTask(value) };
  if (isReduction(value)) return { operands, task: () => reductionTask(value) };
  if (isNode(value, 'Gather') && operands[1].dtype === 'int32')
    return { operands, task: () => gatherTask(value) };
  if (isNode(value, 'Softmax') && isRowSoftmax(value))
    return { operands, task: () => softmaxTask(value) };
  if (isNode(value, 'Gemm', 'MatMul') && value.dtype === 'float32') return product(value);
  return undefined;
}

/** The storages that generated code reads for a value. */
export function operandStorages(value: Value): readonly Value[] {
  if (isLaneOp(value)) return readsOf(value).map(({ array }) => array);
  return value.source.kind === 'node' ? generatedOp(value)!.operands : [];
}

function product(value: NodeValue<'Gemm' | 'MatMul'>): GeneratedOp | undefined {
  const [a, b, bias] = value.source.operands;
  const { transA = false, transB = false } = isNode(value, 'Gemm') ? value.source.attributes : {};
  const [left, right] = [matrix(a, transA), matrix(b, transB)];
  const [m, n] = value.shape.slice(-2);
  if (bias !== undefined && !isBiasShape(bias.shape, n)) return undefined;
  const batch = value.shape.slice(0, -2);
  const shape: ProductShape = {
    m,
    k: a.shape[a.shape.length - (transA ? 2 : 1)],
    n,
    transA: left.transposed,
    transB: right.transposed,
    bias: bias !== undefined,
    batch: sizeOf(batch),
    batchA: broadcastPattern(batch, a.shape.slice(0, -2)),
    batchB: broadcastPattern(batch, b.shape.slice(0, -2)),
  };
  return {
    operands: [left.value, right.value, ...(bias === undefined ? [] : [bias])].map(storageOf),
    task: ({ fusedMultiplyAdd }) => productTask(shape, fusedMultiplyAdd),
  };
}

/** An operand of a product: a transpose of its last two axes is read where it comes from. */
function matrix(value: Value, transposed: boolean): { value: Value; transposed: boolean } {
  const rank = value.shape.length;
  if (!isNode(value, 'Transpose')) return { value, transposed };
  const swapped = [...Array(rank).keys()];
  swapped.push(...swapped.splice(rank - 2, 1));
  return sameShape(value.source.attributes.perm, swapped)
    ? { value: value.source.operands[0], transposed: !transposed }
    : { value, transposed };
}

import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { rootsOf, type Graph } from '../../../src/compiler/graph/graph.js';
import { Builder } from '../../../src/compiler/graph/builder.js';
import { sizeOf, storageOf, type Value } from '../../../src/compiler/graph/value.js';
import type { Placement } from '../../../src/compiler/plan/memory.js';
import type { Call } from '../../../src/compiler/plan/calls.js';
import { wasmTarget } from '../../../src/compiler/target.js';
import { compileGraph, simplifiedGraph } from '../../support/compile.js';
import { Adam } from '../../../src/gan/adam.js';
import { PROPERTY } from '../oracle.js';

afterEach(() => tf.disposeVariables());

/** The plan of generated code for a graph: its calls, where their arrays are and which states are copied. */
function planned(graph: Graph): Pick<Placement, 'addresses' | 'copies'> & { calls: Call[] } {
  const { stages, placement } = compileGraph(graph, wasmTarget(1));
  const calls = stages.flatMap((stage) => (stage.kind === 'wasm' ? stage.calls : []));
  return { calls, ...placement };
}

const loops = (calls: readonly Call[]): Call[] =>
  calls.filter(({ task }) => /^\d+:/.test(task.signature));

describe('what becomes one loop', () => {
  it('is all of Adam for a weight, written over what was there', () => {
    const w = tf.variable(tf.ones([30, 20]), true, 'w');
    const adam = new Adam([w], { learningRate: 0.1, beta1: 0.5 });
    const graph = simplifiedGraph(
      ({ x }) => ({ loss: adam.minimize(() => tf.mean<tf.Scalar>(tf.matMul(x, w))) }),
      { inputs: { x: { shape: [10, 30] } } },
    );
    const { calls, copies } = planned(graph);
    const wide = loops(calls).filter(({ results }) => sizeOf(results[0].shape) === 600);
    expect(wide.map(({ results }) => results.length)).toEqual([3]);
    expect(copies).toEqual([]);
  });

  it('is not what a sum lies between', () => {
    const builder = new Builder();
    const x = builder.input('x', [40, 50], 'float32');
    const squares = builder.op('Mul', [x, x], {});
    const sum = builder.op('ReduceSum', [squares], { axes: [1], keepDims: true });
    const shares = builder.op('Div', [squares, sum], {});
    const { calls } = planned({ inputs: [x], states: [], outputs: new Map([['y', shares]]) });
    expect(calls.map(({ results }) => results)).toEqual([[squares], [sum], [shares]]);
  });
});

/** A random graph of ops on arrays of one shape and their sums. */
const anyGraph: fc.Arbitrary<Graph> = fc
  .array(fc.tuple(fc.nat(5), fc.nat(), fc.nat()), { minLength: 3, maxLength: 40 })
  .map((lines) => {
    const builder = new Builder();
    const inputs = ['x', 'y'].map((name) => builder.input(name, [6, 8], 'float32'));
    const state = builder.state('s', [6, 8], 'float32');
    const values: Value[] = [...inputs, state];
    for (const [op, i, j] of lines) {
      const [a, b] = [values[i % values.length], values[j % values.length]];
      const sum = (): Value => builder.op('ReduceSum', [a], { axes: [0], keepDims: true });
      if (op === 0) values.push(builder.op('Add', [a, sum()], {}));
      else if (op === 1)
        values.push(
          builder.op('Reshape', [builder.op('Transpose', [a], { perm: [1, 0] })], {
            shape: [6, 8],
          }),
        );
      else values.push(builder.op(op % 2 === 0 ? 'Add' : 'Mul', [a, b], {}));
    }
    const next = values[values.length - 2];
    const output = builder.op('Sqrt', [values[values.length - 1]], {});
    return {
      inputs,
      states: [{ name: 's', current: state, next, initial: new Float32Array(48) }],
      outputs: new Map([['y', output]]),
    };
  });

it('no array is written where another is still to be read', () => {
  fc.assert(
    fc.property(anyGraph, (graph) => {
      const { calls, addresses, copies } = planned(graph);
      const kept = new Set(rootsOf(graph).map(storageOf));
      calls.forEach((call, k) => {
        const later = new Set([
          ...calls.slice(k).flatMap(({ operands }) => operands),
          ...(copies.length > 0 ? kept : []),
        ]);
        for (const result of call.results)
          for (const other of later) {
            if (other === result || call.aligned?.has(other) === true) continue;
            const isLater = calls.slice(k + 1).some(({ results }) => results.includes(other));
            if (isLater) continue;
            const [a, b] = [addresses.get(result)!, addresses.get(other)!];
            const apart = a + 4 * sizeOf(result.shape) <= b || b + 4 * sizeOf(other.shape) <= a;
            expect(apart, 'arrays apart').toBe(true);
          }
      });
    }),
    { ...PROPERTY, numRuns: 100 * PROPERTY.numRuns! },
  );
});

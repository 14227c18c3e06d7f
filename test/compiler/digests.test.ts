import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, expect, it } from 'vitest';
import { NATIVE, wasmTarget } from '../../src/compiler/target.js';
import { rootsOf, type Graph } from '../../src/compiler/graph/graph.js';
import { printGraph } from '../../src/compiler/graph/print.js';
import { topological } from '../../src/compiler/graph/value.js';
import { printPlan } from '../../src/compiler/plan/print.js';
import { simplify } from '../../src/compiler/simplify/simplify.js';
import { trace } from '../../src/compiler/trace/trace.js';
import { compileGraph } from '../support/compile.js';
import { OWN_STEPS } from './own-steps.js';

afterEach(() => tf.disposeVariables());

const digest = (...parts: (string | ArrayBufferView)[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part as string);
  return hash.digest('hex').slice(0, 12);
};

/** The graph as text, and the bytes of its constants, of which the text has the shapes only. */
const graphDigest = (graph: Graph): string =>
  digest(
    printGraph(graph),
    ...topological(rootsOf(graph)).flatMap(({ source }) =>
      source.kind === 'constant' ? [source.data] : [],
    ),
  );

/**
 * What the compiler makes of the project's own steps. A change that is to leave them as they are leaves these as they
 * are; one that is not says in its commit which of them changed and why. `npx vitest run -u` on this file records them anew.
 */
it.each(Object.keys(OWN_STEPS))('%s', (name) => {
  const { step, options } = OWN_STEPS[name]();
  const traced = trace(step, options);
  const graph = simplify(traced.graph, traced.builder);
  const native = compileGraph(graph, NATIVE);
  const wasm = compileGraph(graph, wasmTarget(2));
  expect({
    traced: graphDigest(traced.graph),
    simplified: graphDigest(graph),
    'native plan': digest(printPlan(native)),
    'native models': digest(...native.models.values()),
    'native module': digest(native.program.module),
    'native calls': digest(native.program.callWords.words),
    'wasm plan': digest(printPlan(wasm)),
    'wasm module': digest(wasm.program.module),
    'wasm calls': digest(wasm.program.callWords.words),
  }).toMatchSnapshot();
});

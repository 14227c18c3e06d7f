import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compile, type Phases } from '../../src/compiler/compile.js';
import { printGraph } from '../../src/compiler/graph/print.js';
import { opOf, printPlacement, printPlan } from '../../src/compiler/plan/print.js';
import { NATIVE } from '../../src/compiler/target.js';
import { encodedText } from '../../src/explain/encoded-text.js';
import './oracle.js';

/** The layer that ARCHITECTURE.md walks through all phases. */
const page = readFileSync(new URL('../../ARCHITECTURE.md', import.meta.url), 'utf8');
const made = {} as Phases;

beforeAll(async () => {
  await tf.setBackend('cpu');
  const w = tf.variable(tf.zeros<tf.Rank.R2>([3, 2]), true, 'w');
  const b = tf.variable(tf.zeros<tf.Rank.R1>([2]), true, 'b');
  const step = ({ x }: Record<string, tf.Tensor>): Record<string, tf.Tensor> => {
    const loss = (): tf.Scalar => tf.mean(tf.relu(tf.add(tf.matMul(x, w), b)));
    const { value, grads } = tf.variableGrads(loss, [w, b]);
    for (const v of [w, b] as tf.Variable[]) v.assign(tf.sub(v, tf.mul(0.1, grads[v.name])));
    return { loss: value };
  };
  compile(step, NATIVE, { inputs: { x: { shape: [4, 3] } } }, (phase, result) => {
    Object.assign(made, { [phase]: result });
  });
});
afterAll(() => tf.disposeVariables());

it.each<[string, () => string]>([
  ['trace', () => printGraph(made.trace, opOf)],
  ['assign', () => printGraph(made.simplify, (value) => made.assign.get(value) ?? '')],
  ['schedule', () => printPlan(made.encode)],
  ['place', () => printPlacement(made.encode)],
])('ARCHITECTURE.md shows what %s makes', (_, text) => {
  expect(page).toContain(`\n\`\`\`\n${text()}\n\`\`\`\n`);
});

it('ARCHITECTURE.md shows the code of the first loop', async () => {
  const text = await encodedText(made.encode);
  const [, code] = /\n( {8}loop {2};; label = @3\n[^]*?\n {8}end)\n/.exec(text)!;
  expect(page).toContain(`\n\`\`\`\n${code}\n\`\`\`\n`);
});

// A training step of one's own in plain TensorFlow.js, compiled: a line through 64 points, by gradient descent.
// node examples/own-step.js
import * as tf from '@tensorflow/tfjs-core';
import { compile, loadBackend, Random } from 'gan-mnist/compiler';

const POINTS = 64;
const slope = tf.variable(tf.scalar(0), true, 'slope');
const offset = tf.variable(tf.scalar(0), true, 'offset');

// It is called to be recorded, not at each run. The variables that it assigns are its state.
function step({ x, y }) {
  const loss = () => tf.losses.meanSquaredError(y, tf.add(tf.mul(x, slope), offset));
  const { value, grads } = tf.variableGrads(loss);
  for (const variable of [slope, offset])
    variable.assign(tf.sub(variable, tf.mul(0.5, grads[variable.name])));
  return { loss: value };
}

const backend = await loadBackend('auto');
const inputs = { x: { shape: [POINTS] }, y: { shape: [POINTS] } };
const executable = await backend.load(compile(step, backend.target, { inputs }));

const { x, y } = executable.inputs; // memory that the step reads: write, then run
new Random(1, 'points').uniform(x); // in [-1, 1)
y.set(x.map((value) => 3 * value - 2));

let loss;
for (let i = 0; i < 200; i++) loss = (await executable.run()).loss[0];
const state = executable.readState();
await executable.dispose();
const [a, b] = ['slope', 'offset'].map((name) => state.get(name)[0].toFixed(3));
console.log(`y = ${a} x + ${b}, loss ${loss.toExponential(1)}`);

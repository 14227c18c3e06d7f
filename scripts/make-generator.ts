/**
 * Makes the generator that is in the package, `models/generator`, of a run: its options, and the weights in half precision.
 *
 *   gan-mnist train --quality best --out DIR && npm run make:generator -- DIR/latest
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as tf from '@tensorflow/tfjs-core';
import { exporter } from '../src/compiler/export.js';
import { buildGan } from '../src/gan/build.js';
import { namedWeights } from '../src/gan/gan.js';
import { generatorStep } from '../src/gan/sampler.js';
import { readWeights } from '../src/runs/layers-model.js';
import { PACKAGED_RUN } from '../src/runs/packaged.js';
import { readRunDescription } from '../src/runs/run-description.js';
import { RUN_FILES } from '../src/runs/run-folder.js';

const [run] = process.argv.slice(2);
if (run === undefined) throw new Error('expected the folder of a run');
const description = readRunDescription(run);
const gan = buildGan(description.options, description.data);
readWeights(join(run, RUN_FILES.model, 'generator'), gan.generator);
const { step, options } = generatorStep(gan, 2);
const weights = new Map(
  [...namedWeights(gan)].map(([variable, name]: [tf.Variable, string]) => [
    name,
    variable.dataSync<'float32'>().slice(),
  ]),
);
const model = exporter('generator', step, options, true)(weights);
rmSync(PACKAGED_RUN, { recursive: true, force: true });
mkdirSync(join(PACKAGED_RUN, RUN_FILES.model), { recursive: true });
writeFileSync(join(PACKAGED_RUN, RUN_FILES.options), `${JSON.stringify(description, null, 2)}\n`);
writeFileSync(join(PACKAGED_RUN, RUN_FILES.generatorOnnx), model);
console.log(`${PACKAGED_RUN}: ${model.length} bytes of the run ${run}`);

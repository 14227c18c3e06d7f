// A deeper discriminator and a loss of one's own, with the generator of `--model dense`: trained, resumed, sampled, evaluated.
// node examples/own-networks.js [FOLDER OF ALL RUNS] [EPOCHS] [IMAGES]
import * as tf from '@tensorflow/tfjs-core';
import * as layered from '@tensorflow/tfjs-layers';
import { evaluate, openRun, resume, train } from 'gan-mnist';

const [outputs = 'outputs', epochs = '20', limit = '60000'] = process.argv.slice(2);

/** Pixels and the one-hot digit side by side -> five layers -> a logit. Every layer has a name: by it its weights are saved. */
function discriminator({ shape, classes, leakySlope, seed }) {
  const kernelInitializer = layered.initializers.heNormal({ seed });
  const dense = (name, units, x) =>
    layered.layers.dense({ name, units, kernelInitializer }).apply(x);
  const [height, width, channels] = shape;
  const image = layered.input({ name: 'image', shape: [height * width * channels] });
  const labels = layered.input({ name: 'labels', shape: [classes] });
  let x = layered.layers.concatenate({ name: 'both' }).apply([image, labels]);
  for (const [k, units] of [512, 256, 128, 64].entries()) {
    x = dense(`dense_${k}`, units, x);
    x = layered.layers.leakyReLU({ name: `leaky_${k}`, alpha: leakySlope }).apply(x);
  }
  const outputs = dense('logit', 1, x);
  return layered.model({ name: 'discriminator', inputs: [image, labels], outputs });
}

/** The hinge loss with a margin of 2. Logits are [batch, 1]. */
const loss = {
  discriminator: (real, fake) =>
    tf.add(tf.mean(tf.relu(tf.sub(2, real))), tf.mean(tf.relu(tf.add(2, fake)))),
  generator: (fake) => tf.neg(tf.mean(fake)),
};

const own = { networks: { discriminator }, loss };
const begun = await train({ ...own, epochs: 1, limit: Number(limit), seed: 1, outputs });
// A run keeps its weights, not the script: who goes on with it gives the parts again.
const { folder, rows } = await resume({ ...own, run: begun.folder, epochs: Number(epochs) });
console.log(folder, rows.at(-1).scalars);

const run = await openRun({ run: folder });
const images = await run.generate(10, { seed: 1, digit: 3 });
console.log(`${images.length / 784} images of a 3`);

const { verdict } = await evaluate({ run: folder, outputs, quick: true, images: 2000 });
for (const { text } of verdict) console.log(text);

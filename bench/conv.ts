import {
  initializers,
  layers,
  sequential,
  type LayersModel,
  type Sequential,
} from '@tensorflow/tfjs-layers';
import { IMAGE_SIDE as SIDE } from '../src/data/idx.js';

const KERNEL_SIZE = 5;
const LEAKY_SLOPE = 0.2;
/** Side and channels of the images that the generator's dense part makes. */
const SEED_SIDE = SIDE / 4;
const SEED_CHANNELS = 64;

/** z [latentSize] -> 512 -> 7 x 7 x 64 -> 14 x 14 x 64 -> 28 x 28 x 1 in [-1, 1]. */
export function convGenerator(latentSize: number): LayersModel {
  const model = sequential({ name: 'generator' });
  model.add(dense('dense_1', 512, 1, [latentSize]));
  addLeakyRelu(model);
  model.add(dense('dense_2', SEED_SIDE * SEED_SIDE * SEED_CHANNELS, 2));
  addLeakyRelu(model);
  model.add(layers.reshape({ targetShape: [SEED_SIDE, SEED_SIDE, SEED_CHANNELS] }));
  model.add(layers.conv2dTranspose({ ...convolution('conv_transpose_1', 64, 3) }));
  addLeakyRelu(model);
  model.add(
    layers.conv2dTranspose({ ...convolution('conv_transpose_2', 1, 4), activation: 'tanh' }),
  );
  return model;
}

/** 28 x 28 x 1 in [-1, 1] -> 14 x 14 x 64 -> 7 x 7 x 128 -> 512 -> one logit. */
export function convDiscriminator(): LayersModel {
  const model = sequential({ name: 'discriminator' });
  model.add(layers.conv2d({ ...convolution('conv_1', 64, 5), inputShape: [SIDE, SIDE, 1] }));
  addLeakyRelu(model);
  model.add(layers.conv2d(convolution('conv_2', 128, 6)));
  addLeakyRelu(model);
  model.add(layers.flatten());
  model.add(dense('dense_1', 512, 7));
  addLeakyRelu(model);
  model.add(dense('dense_2', 1, 8));
  return model;
}

const dense = (
  name: string,
  units: number,
  seed: number,
  inputShape?: number[],
): ReturnType<typeof layers.dense> =>
  layers.dense({
    name,
    units,
    kernelInitializer: initializers.glorotUniform({ seed }),
    ...(inputShape === undefined ? {} : { inputShape }),
  });

const convolution = (
  name: string,
  filters: number,
  seed: number,
): Parameters<typeof layers.conv2d>[0] => ({
  name,
  filters,
  kernelSize: KERNEL_SIZE,
  strides: 2,
  padding: 'same',
  kernelInitializer: initializers.glorotUniform({ seed }),
});

const addLeakyRelu = (model: Sequential): void =>
  model.add(layers.leakyReLU({ alpha: LEAKY_SLOPE }));

/** Settings that go together. What a preset sets cannot be set otherwise beside it. */
export const PRESET_NAMES = ['cfcv', 'plain-conv'] as const;

/** What each sets. */
export const PRESETS = {
  /** https://github.com/cfcv/GAN_MNIST: Adam 0.002 with beta1 0.9, slope 0.01, 128 and 256 units, batch 100. */
  cfcv: {
    model: 'dense',
    conditional: false,
    loss: 'non-saturating',
    penalty: 'none',
    translation: 0,
    dropout: 0,
    labelNoise: 0,
    batchSize: 100,
    latentSize: 100,
    latent: 'uniform',
    initialisation: 'glorot',
    learningRateDecay: 0,
    averageDecay: 0,
    units: 128,
    discriminatorLayers: 'widening',
    learningRate: 0.002,
    beta1: 0.9,
    beta2: 0.999,
    leakySlope: 0.01,
    labelSmoothing: 0.1,
  },
  /**
   * What the second notebook leaves open in the form that tutorials give it: TensorFlow's DCGAN tutorial
   * (https://www.tensorflow.org/tutorials/generative/dcgan) for kernels and filters, DCGAN (arXiv 1511.06434) for Adam and
   * the slope, library defaults (Glorot) for the weights, and no normalisation. It is there to see: it tends to collapse.
   */
  'plain-conv': {
    model: 'conv',
    conditional: false,
    loss: 'non-saturating',
    penalty: 'none',
    translation: 0,
    dropout: 0,
    labelNoise: 0,
    batchSize: 64,
    latentSize: 100,
    latent: 'normal',
    filters: 64,
    baseChannels: 64,
    kernelSize: 5,
    normalisation: 'none',
    initialisation: 'glorot',
    learningRate: 0.0002,
    discriminatorLearningRate: 0.0002,
    learningRateDecay: 0,
    averageDecay: 0,
    beta1: 0.5,
    beta2: 0.999,
    leakySlope: 0.2,
    generatorSlope: 0.2,
    labelSmoothing: 0.1,
  },
} as const satisfies Record<(typeof PRESET_NAMES)[number], object>;

export const QUALITY_NAMES = ['fast', 'good', 'best'] as const;

/** Networks, batch and length for about 1, 5 and 15 minutes of two cores; README has what each gives. */
export const QUALITIES = {
  fast: { model: 'conv', filters: 16, batchSize: 64, steps: 3_748 },
  good: { model: 'conv', filters: 16, batchSize: 64, steps: 18_740 },
  best: { model: 'conv', filters: 16, batchSize: 64, steps: 56_220 },
} as const satisfies Record<(typeof QUALITY_NAMES)[number], object>;

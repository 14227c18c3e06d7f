/** Times the step in jax-js on its WebAssembly backend, jitted, with Adam written out: its optax is not on the npm registry. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { fillUniform, serve, workerOptions } from './serve.js';

/** What of jax-js's arrays is used. Each use consumes its arrays, but for `ref`, which counts one use more. */
interface JaxArray {
  readonly ref: JaxArray;
  readonly shape: number[];
  add(x: JaxArray | number): JaxArray;
  sub(x: JaxArray | number): JaxArray;
  mul(x: JaxArray | number): JaxArray;
  div(x: JaxArray | number): JaxArray;
  reshape(shape: number[]): JaxArray;
  js(): number;
  data(): Promise<Float32Array>;
  dispose(): void;
}
type Tree = JaxArray | Tree[];
type Network = JaxArray[][];

interface Jax {
  init(device: string): Promise<string[]>;
  defaultDevice(device: string): void;
  jit<Result>(f: (...args: never[]) => Result): (...args: Tree[]) => Result;
  vjp(
    f: (network: Network) => JaxArray,
    at: Tree[],
  ): [JaxArray, (cotangent: JaxArray) => [Network]];
  valueAndGrad<At extends Tree>(f: (at: At) => JaxArray): (at: At) => [JaxArray, At];
  tree: {
    ref<T extends Tree>(tree: T): T;
    dispose(tree: Tree): void;
    map<T extends Tree>(f: (...leaves: JaxArray[]) => JaxArray, tree: T, ...rest: Tree[]): T;
  };
  nn: { leakyRelu(x: JaxArray, slope: number): JaxArray; softplus(x: JaxArray): JaxArray };
  lax: Record<
    'conv' | 'convTranspose',
    (x: JaxArray, filter: JaxArray, strides: number[], padding: string) => JaxArray
  >;
  numpy: Record<'tanh' | 'sqrt' | 'square' | 'mean', (x: JaxArray) => JaxArray> & {
    array(x: Float32Array | number): JaxArray;
    dot(a: JaxArray, b: JaxArray): JaxArray;
    concatenate(arrays: JaxArray[], axis: number): JaxArray;
    zerosLike(x: JaxArray): JaxArray;
  };
}

const { model, batchSize, units } = workerOptions();
const file = createRequire(`${process.cwd()}/`).resolve('@jax-js/jax');
const { version } = createRequire(file)('../package.json') as { version: string };
const jax = (await import(pathToFileURL(file).href)) as Jax;
const { numpy: np, tree, lax } = jax;
await jax.init('wasm');
jax.defaultDevice('wasm');

const LATENT_SIZE = 100;
const PIXELS = 784;
const RATE = 2e-4;
const BETA1 = 0.5;
const BETA2 = 0.999;

const uniform = (shape: number[], scale = 1): JaxArray => {
  const values = new Float32Array(shape.reduce((product, extent) => product * extent, 1));
  fillUniform([values]);
  return np.array(values.map((x) => x * scale)).reshape(shape);
};
/** Weights of a layer, whose bias has the shape `bias`. */
const layer = (shape: number[], bias: number[]): JaxArray[] => [
  uniform(shape, 0.05),
  uniform(bias, 0),
];
const dense = (inputs: number, outputs: number): JaxArray[] => layer([inputs, outputs], [outputs]);
/** Filters are [outputs, inputs, height, width] in jax-js, images [n, channels, height, width]. */
const conv = (inputs: number, outputs: number): JaxArray[] =>
  layer([outputs, inputs, 5, 5], [outputs, 1, 1]);

const leakyRelu = (x: JaxArray): JaxArray => jax.nn.leakyRelu(x, 0.2);
function multilayerPerceptron(network: Network, x: JaxArray): JaxArray {
  network.forEach(([weights, bias], k) => {
    x = np.dot(x, weights).add(bias);
    if (k < network.length - 1) x = leakyRelu(x);
  });
  return x;
}
const upsample = (x: JaxArray, [filter, bias]: JaxArray[]): JaxArray =>
  lax.convTranspose(x, filter, [2, 2], 'SAME').add(bias);
const downsample = (x: JaxArray, [filter, bias]: JaxArray[]): JaxArray =>
  lax.conv(x, filter, [2, 2], 'SAME').add(bias);

const isDense = model === 'dense';
const generate = (network: Network, z: JaxArray): JaxArray => {
  if (isDense) return np.tanh(multilayerPerceptron(network, z));
  const seed = leakyRelu(multilayerPerceptron(network.slice(0, 2), z)).reshape([-1, 64, 7, 7]);
  return np.tanh(upsample(leakyRelu(upsample(seed, network[2])), network[3]));
};
const judge = (network: Network, images: JaxArray): JaxArray => {
  if (isDense) return multilayerPerceptron(network, images);
  const x = leakyRelu(downsample(leakyRelu(downsample(images, network[0])), network[1]));
  return multilayerPerceptron(network.slice(2), x.reshape([-1, 7 * 7 * 128]));
};
const crossEntropy = (logits: JaxArray, labels: JaxArray | number): JaxArray =>
  np.mean(jax.nn.softplus(logits.ref).sub(logits.mul(labels)));

/** One update of Adam (arXiv 1412.6980); `rate` holds both bias corrections. */
function adam(
  network: Network,
  m: Network,
  v: Network,
  gradient: Network,
  rate: JaxArray,
): Network[] {
  const nextM = tree.map((a, g) => a.mul(BETA1).add(g.mul(1 - BETA1)), m, tree.ref(gradient));
  const nextV = tree.map((a, g) => a.mul(BETA2).add(np.square(g).mul(1 - BETA2)), v, gradient);
  const moved = tree.map(
    (w, a, b) => w.sub(a.mul(rate.ref).div(np.sqrt(b).add(1e-8))),
    network,
    tree.ref(nextM),
    tree.ref(nextV),
  );
  rate.dispose();
  return [moved, nextM, nextV];
}

const update = jax.jit(
  (g: Network[], d: Network[], rate: JaxArray, real: JaxArray, z: JaxArray, labels: JaxArray) => {
    const [fake, generatorGradient] = jax.vjp((network) => generate(network, z), [tree.ref(g[0])]);
    const both = np.concatenate([real, fake.ref], 0);
    const [lossD, gradientD] = jax.valueAndGrad((network: Network) =>
      crossEntropy(judge(network, both), labels).mul(2),
    )(tree.ref(d[0]));
    const nextD = adam(d[0], d[1], d[2], gradientD, rate.ref);
    const [lossG, byFake] = jax.valueAndGrad((images: JaxArray) =>
      crossEntropy(judge(tree.ref(nextD[0]), images), 1),
    )(fake);
    const nextG = adam(g[0], g[1], g[2], generatorGradient(byFake)[0], rate);
    return { g: nextG, d: nextD, lossD, lossG };
  },
);

const withMoments = (network: Network): Network[] => [
  network,
  tree.map((x) => np.zerosLike(x), tree.ref(network)),
  tree.map((x) => np.zerosLike(x), tree.ref(network)),
];
let g = withMoments(
  isDense
    ? [dense(LATENT_SIZE, units), dense(units, 2 * units), dense(2 * units, PIXELS)]
    : [dense(LATENT_SIZE, 512), dense(512, 7 * 7 * 64), conv(64, 64), conv(64, 1)],
);
let d = withMoments(
  isDense
    ? [dense(PIXELS, units), dense(units, 2 * units), dense(2 * units, 1)]
    : [conv(1, 64), conv(64, 128), dense(7 * 7 * 128, 512), dense(512, 1)],
);
const real = uniform(isDense ? [batchSize, PIXELS] : [batchSize, 1, 28, 28]);
const z = uniform([batchSize, LATENT_SIZE]);
const labels = np
  .array(Float32Array.from({ length: 2 * batchSize }, (_, k) => (k < batchSize ? 0.9 : 0)))
  .reshape([2 * batchSize, 1]);
let steps = 0;

await serve(`@jax-js/jax ${version}`, async () => {
  steps++;
  const rate = (RATE * Math.sqrt(1 - BETA2 ** steps)) / (1 - BETA1 ** steps);
  const result = update(g, d, np.array(rate), real.ref, z.ref, labels.ref);
  ({ g, d } = result);
  return [(await result.lossD.data())[0], (await result.lossG.data())[0]];
});

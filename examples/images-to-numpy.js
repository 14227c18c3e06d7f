// Writes 1,000 images of the newest run for NumPy: numpy.load('images.npy') is uint8 [1000, 28, 28], ink is 255.
// node examples/images-to-numpy.js [FOLDER OF ALL RUNS] [FILE]
import { writeFileSync } from 'node:fs';
import { findRun, loadBackend, loadGenerator, npyHeader } from 'gan-mnist';

const [outputs = 'outputs', file = 'images.npy'] = process.argv.slice(2);
const count = 1000;

const generator = await loadGenerator(findRun(outputs), await loadBackend('auto'));
const images = await generator.generate(count, 1); // Float32Array [1000, 784] in [-1, 1], seed 1
await generator.dispose();

const bytes = Uint8Array.from(images, (value) => Math.round(127.5 * (value + 1)));
writeFileSync(file, Buffer.concat([npyHeader('|u1', [count, 28, 28]), bytes]));
console.log(`${count} images: ${file}`);

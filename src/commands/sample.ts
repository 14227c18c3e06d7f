import { join } from 'node:path';
import { loadBackend } from '../backends/index.js';
import type { OptionsOf } from '../options.js';
import { writeFileWhole } from '../files.js';
import { gridImage } from '../images/grid.js';
import { encodePng } from '../images/png.js';
import { loadGenerator } from '../training/generator.js';
import { findRun } from '../training/run-folder.js';
import { OUTPUTS } from './common-options.js';
import type { Console } from './console.js';
import { SAMPLE_OPTIONS } from './option-tables.js';

/** `gan-mnist sample`. */
export async function runSample(
  given: Partial<OptionsOf<typeof SAMPLE_OPTIONS>>,
  console: Console,
): Promise<void> {
  const n = given.n ?? SAMPLE_OPTIONS.n.default;
  const seed = given.seed ?? SAMPLE_OPTIONS.seed.default;
  const run = findRun(OUTPUTS, given.run);
  const backend = await loadBackend(given.backend ?? 'auto', given.threads);
  const generator = await loadGenerator(run, backend);
  const images = await generator.generate(n, seed);
  await generator.dispose();
  const columns = Math.ceil(Math.sqrt(n));
  const file = given.out ?? join(run, `sample-n${n}-seed${seed}.png`);
  writeFileWhole(file, encodePng(gridImage(images, columns)));
  console.emit({ run, file, n, seed, columns, backend: backend.name });
  console.wrote(`${n} samples of ${run} (seed ${seed}, ${backend.library})`, file);
}

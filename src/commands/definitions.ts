import { defineCommand, RUN_ARGUMENT, type CommandDefinition } from '../cli/command.js';
import {
  COMPARE_OPTIONS,
  INTERPOLATE_OPTIONS,
  PROJECT_OPTIONS,
  REPORT_OPTIONS,
  SAMPLE_OPTIONS,
  WATCH_OPTIONS,
} from '../cli/picture-options.js';
import { DATA_OPTIONS, DATASET_OPTIONS, EVALUATE_OPTIONS } from '../cli/set-options.js';
import {
  EXPLAIN_OPTIONS,
  RUNS_OPTIONS,
  RUNS_REMOVE_OPTIONS,
  SWEEP_NEW_OPTIONS,
  SWEEP_RUN_OPTIONS,
  SWEEP_SCRIPT_OPTIONS,
  SWEEP_TABLE_OPTIONS,
  TRAIN_OPTIONS,
} from '../cli/train-options.js';
import { PRINT_OPTIONS } from '../cli/common-options.js';
import type { LeastMemory } from '../machine.js';

const RUN = {
  name: RUN_ARGUMENT,
  help: 'folder of a run, as outputs/00001-dense (default: the newest)',
};

const PLAN = {
  name: 'PLAN',
  help: 'folder of a sweep, as outputs/00001-dense-sweep (default: the newest)',
};

/** Of lists and grids, and of pages and pictures of runs. */
const DRAWING: LeastMemory = { heap: 12, data: 128 };
const PAGES: LeastMemory = { heap: 20, data: 160 };

/** Every command, by the word that is typed. What a command needs is loaded when it runs. */
export const COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  train: defineCommand({
    summary: 'train a GAN, on MNIST or on images of your own',
    examples: [
      'gan-mnist train',
      'gan-mnist train --quality fast',
      'gan-mnist train --epochs 5 --seed 7',
      'gan-mnist train --quality good --dry-run',
      'gan-mnist train --epochs 2 --name smoke --fail-on collapse --json',
      'gan-mnist train --resume --epochs 300',
      'gan-mnist train --model conv --digit 3',
      'gan-mnist train --model conv --each-digit --jobs 2',
    ],
    options: TRAIN_OPTIONS,
    run: async (given, console) => (await import('./train.js')).runTrain(given, console),
  }),
  'runs list': defineCommand({
    least: DRAWING,
    summary: 'list runs: what they are, how good, how large, since when',
    writesNothing: true,
    examples: ['gan-mnist runs', 'gan-mnist runs --json'],
    options: RUNS_OPTIONS,
    run: async (given, console) => (await import('./runs.js')).runRuns(given, console),
  }),
  'runs remove': defineCommand({
    least: DRAWING,
    summary: 'remove runs, after asking',
    examples: ['gan-mnist runs remove 00001-dense 00002-conv', 'gan-mnist runs remove smoke --yes'],
    options: RUNS_REMOVE_OPTIONS,
    arguments: [{ name: 'NAME...', help: 'runs, as gan-mnist runs lists them', isRequired: true }],
    run: async (given, console, names) =>
      (await import('./runs.js')).runRunsRemove(given, console, names),
  }),
  'sweep new': defineCommand({
    summary: 'plan runs of all combinations of the options that have several values',
    examples: [
      'gan-mnist sweep new --seed 1..20 --epochs 20',
      'gan-mnist sweep new --seed 1..3 --learning-rate 0.0005,0.001 --model conv',
    ],
    options: SWEEP_NEW_OPTIONS,
    run: async (given, console) => (await import('./sweep.js')).runSweepNew(given, console),
  }),
  'sweep run': defineCommand({
    summary: 'train the runs of a plan that are not done, or the one of an index',
    examples: [
      'gan-mnist sweep run outputs/00001-dense-sweep --jobs 2',
      'gan-mnist sweep run outputs/00001-dense-sweep --index 7',
    ],
    options: SWEEP_RUN_OPTIONS,
    arguments: [PLAN],
    run: async (given, console, plans) =>
      (await import('./sweep.js')).runSweepRun(given, console, plans),
  }),
  'sweep script': defineCommand({
    summary: 'print what a scheduler is given to train a plan on many machines',
    examples: ['gan-mnist sweep script outputs/00001-dense-sweep --for slurm --out sweep.sh'],
    options: SWEEP_SCRIPT_OPTIONS,
    arguments: [PLAN],
    run: async (given, console, plans) =>
      (await import('./sweep.js')).runSweepScript(given, console, plans),
  }),
  'sweep status': defineCommand({
    summary: 'say how far each run of a plan is',
    writesNothing: true,
    examples: ['gan-mnist sweep status outputs/00001-dense-sweep'],
    options: PRINT_OPTIONS,
    arguments: [PLAN],
    run: async (given, console, plans) =>
      (await import('./sweep.js')).runSweepStatus(given, console, plans),
  }),
  'sweep table': defineCommand({
    summary: 'compare the runs of a plan: losses, diversity, collapse, evaluation',
    examples: ['gan-mnist sweep table outputs/00001-dense-sweep --out table.csv'],
    options: SWEEP_TABLE_OPTIONS,
    arguments: [PLAN],
    run: async (given, console, plans) =>
      (await import('./sweep.js')).runSweepTable(given, console, plans),
  }),
  sample: defineCommand({
    least: DRAWING,
    summary: 'draw images from a trained generator into a grid PNG',
    examples: [
      'gan-mnist sample --n 64',
      'gan-mnist sample --n 64 --digit 3',
      'gan-mnist sample --n 100 --each-digit',
      'gan-mnist sample outputs/00001-dense --seed 5 --out grid.png',
      'gan-mnist sample --seeds 0..9 --each-digit --format npz --out digits.npz',
    ],
    options: SAMPLE_OPTIONS,
    arguments: [RUN],
    run: async (given, console) => (await import('./sample.js')).runSample(given, console),
  }),
  dataset: defineCommand({
    summary: 'write a balanced, labelled set of synthetic images',
    examples: [
      'gan-mnist dataset --per-digit 6000 --format idx --out synthetic',
      'gan-mnist dataset packaged --per-digit 600 --out synthetic',
      'gan-mnist dataset --counts 0:1000,8:9000 --format npz --out unbalanced',
    ],
    options: DATASET_OPTIONS,
    arguments: [RUN],
    run: async (given, console) => (await import('./dataset.js')).runDataset(given, console),
  }),
  evaluate: defineCommand({
    summary: 'say how good a run is: train on its digits, test on real ones, and the like',
    examples: [
      'gan-mnist evaluate',
      'gan-mnist evaluate --quick',
      'gan-mnist evaluate --require 98 --json',
    ],
    options: EVALUATE_OPTIONS,
    arguments: [RUN],
    run: async (given, console) => (await import('./evaluate.js')).runEvaluate(given, console),
  }),
  interpolate: defineCommand({
    least: DRAWING,
    summary: 'walk from one z to the next: a grid PNG and a GIF',
    examples: [
      'gan-mnist interpolate',
      'gan-mnist interpolate outputs/00001-dense --seeds 1,5,9 --steps 12',
    ],
    options: INTERPOLATE_OPTIONS,
    arguments: [RUN],
    run: async (given, console) =>
      (await import('./interpolate.js')).runInterpolate(given, console),
  }),
  project: defineCommand({
    summary: "find the z and the digit whose image is nearest to a picture of one's own",
    examples: ['gan-mnist project photo.png', 'gan-mnist project photo.jpg outputs/00001-conv'],
    options: PROJECT_OPTIONS,
    arguments: [
      {
        name: 'PICTURE',
        help: 'PNG, JPEG or WebP of any size, dark on light or light on dark',
        isRequired: true,
      },
      RUN,
    ],
    run: async (given, console, pictures) =>
      (await import('./project.js')).runProject(given, console, pictures),
  }),
  watch: defineCommand({
    least: PAGES,
    summary: 'show a training as it happens, on a page of this machine',
    examples: [
      'gan-mnist watch --open',
      'gan-mnist watch outputs/00001-dense --port 8081',
      'gan-mnist watch --host 0.0.0.0',
    ],
    options: WATCH_OPTIONS,
    arguments: [RUN],
    run: async (given, console) => (await import('./watch.js')).runWatch(given, console),
  }),
  report: defineCommand({
    least: PAGES,
    summary: "write a run's report.html and pictures anew",
    examples: ['gan-mnist report', 'gan-mnist report outputs/00001-dense --open'],
    options: REPORT_OPTIONS,
    arguments: [RUN],
    run: async (given, console) => (await import('./report.js')).runReport(given, console),
  }),
  compare: defineCommand({
    least: PAGES,
    summary: 'put runs side by side in one HTML page and one PNG',
    examples: [
      'gan-mnist compare outputs/00001-dense outputs/00002-dense',
      'gan-mnist compare outputs/0000* --out comparison --open',
    ],
    options: COMPARE_OPTIONS,
    arguments: [{ name: 'RUN...', help: 'folders of 2 to 10 runs', isRequired: true }],
    run: async (given, console, runs) =>
      (await import('./compare.js')).runCompare(given, console, runs),
  }),
  explain: defineCommand({
    summary:
      'show what the compiler makes of a training step, phase by phase, and what takes how long',
    writesNothing: true,
    examples: [
      'gan-mnist explain',
      'gan-mnist explain --model conv --phase simplify | less',
      'gan-mnist explain outputs/00001-dense --backend wasm --phase encode > step.txt',
    ],
    options: EXPLAIN_OPTIONS,
    arguments: [RUN],
    run: async (given, console, runs) =>
      (await import('./explain.js')).runExplain(given, console, runs),
  }),
  data: defineCommand({
    least: PAGES,
    summary: 'verify and describe the data set',
    examples: ['gan-mnist data', 'gan-mnist data --data my-digits --json'],
    options: DATA_OPTIONS,
    run: async (given, console) => (await import('./data.js')).runData(given, console),
  }),
};

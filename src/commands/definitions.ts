import { defineCommand, type CommandDefinition } from './command.js';
import { DATA_OPTIONS, SAMPLE_OPTIONS, TRAIN_OPTIONS } from './option-tables.js';

/** Every command, by the word that is typed. What a command needs is loaded when it runs. */
export const COMMANDS: Readonly<Record<string, CommandDefinition>> = {
  train: defineCommand({
    summary: 'train a GAN on MNIST and write its run folder',
    examples: [
      'gan-mnist train',
      'gan-mnist train --epochs 5 --seed 7',
      'gan-mnist train --resume --epochs 300',
      'gan-mnist train --model conv --digit 3',
      'gan-mnist train --model conv --each-digit --jobs 2',
    ],
    options: TRAIN_OPTIONS,
    run: async (given, console) => (await import('./train.js')).runTrain(given, console),
  }),
  sample: defineCommand({
    summary: 'draw images from a trained generator into a grid PNG',
    examples: [
      'gan-mnist sample --n 64',
      'gan-mnist sample --n 64 --digit 3',
      'gan-mnist sample --n 100 --each-digit',
      'gan-mnist sample --run outputs/00001-dense --seed 5 --out grid.png',
    ],
    options: SAMPLE_OPTIONS,
    run: async (given, console) => (await import('./sample.js')).runSample(given, console),
  }),
  data: defineCommand({
    summary: 'verify and describe the data set',
    examples: ['gan-mnist data', 'gan-mnist data --data my-digits --json'],
    options: DATA_OPTIONS,
    run: async (given, console) => (await import('./data.js')).runData(given, console),
  }),
};

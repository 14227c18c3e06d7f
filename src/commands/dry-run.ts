import type { Backend } from '../backends/index.js';
import type { Console } from '../cli/console.js';
import type { DataSet } from '../data/image-set.js';
import type { RunOptions } from '../gan/options.js';
import { countOf, formatBytes, formatCount, formatSeconds, labelled } from '../terminal/format.js';
import { estimateRun, type NetworkPlan, type RunEstimate } from '../training/estimate.js';

/** `gan-mnist train --dry-run`. */
export async function dryRun(
  { options, mnist, backend }: { options: RunOptions; mnist: DataSet; backend: Backend },
  console: Console,
): Promise<void> {
  const estimate = await estimateRun(options, { mnist, backend });
  console.emit({
    event: 'done',
    command: 'train',
    dryRun: true,
    ...estimate,
    backend: backend.name,
    threads: backend.threads,
  });
  console.say(networkTable('Generator', estimate.generator));
  console.say(networkTable('Discriminator', estimate.discriminator));
  const row = (label: string, text: string): void =>
    console.say(labelled(label, text, console.colors));
  for (const [label, text] of factsOf(estimate, options)) row(label, text);
  console.say('\nNothing was trained or written (--dry-run).');
}

function factsOf(estimate: RunEstimate, options: RunOptions): [string, string][] {
  const { images, epochs, steps, stepsPerEpoch, secondsPerStep, seconds } = estimate;
  const each =
    secondsPerStep < 0.1
      ? `${(1000 * secondsPerStep).toPrecision(3)} ms`
      : `${secondsPerStep.toPrecision(3)} s`;
  return [
    [
      'steps',
      `${formatCount(steps)}: ${countOf(epochs, 'epoch')} of ${formatCount(stepsPerEpoch)}, each of ${options.batchSize} of ${formatCount(images)} images`,
    ],
    ['time', `about ${formatSeconds(seconds)}: ${each} per step, as some that were tried now took`],
    ['memory', `about ${formatBytes(estimate.memoryBytes)}`],
    ['disk', `about ${formatBytes(estimate.diskBytes)} in the run's folder`],
  ];
}

const NAME_CHARACTERS = 24;
const SHAPE_CHARACTERS = 16;

/** A row per layer: its name, its kind, its output and its parameters; at most 80 columns. */
function networkTable(title: string, { layers, parameters }: NetworkPlan): string {
  const line = (name: string, kind: string, shape: string, count: string): string =>
    `  ${name.padEnd(NAME_CHARACTERS)} ${kind.padEnd(NAME_CHARACTERS)} ${shape.padEnd(SHAPE_CHARACTERS)} ${count.padStart(9)}`;
  return [
    `${title}, ${countOf(parameters, 'parameter')}`,
    ...layers.map((layer) =>
      line(
        layer.name,
        layer.kind,
        layer.shape.join(' x '),
        layer.parameters === 0 ? '' : formatCount(layer.parameters),
      ).trimEnd(),
    ),
    '',
  ].join('\n');
}

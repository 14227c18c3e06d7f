import type { Backend } from '../backends/index.js';
import type { Console } from '../cli/console.js';
import type { DataSet } from '../data/image-set.js';
import type { RunOptions } from '../gan/options.js';
import { countOf, formatBytes, formatCount, formatSeconds, labelled } from '../terminal/format.js';
import { tableText } from '../terminal/table.js';
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
  const { colors, lineWidth } = console;
  console.say(networkTable('Generator', estimate.generator, lineWidth));
  console.say(networkTable('Discriminator', estimate.discriminator, lineWidth));
  for (const [label, text] of factsOf(estimate, options))
    console.say(labelled(label, text, colors, lineWidth));
  console.say('');
  console.tell('Nothing was trained or written (--dry-run).');
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

/** A row per layer: its name, its kind, its output and its parameters. */
function networkTable(title: string, { layers, parameters }: NetworkPlan, width: number): string {
  const rows = layers.map(({ name, kind, shape, parameters: count }) => [
    name,
    kind,
    shape.join(' x '),
    count === 0 ? '' : formatCount(count),
  ]);
  const table = { columns: ['layer', 'kind', 'output', 'parameters'], rows };
  return `${title}, ${countOf(parameters, 'parameter')}\n${tableText(table, { width, isLeft: (k) => k < 3 })}\n`;
}

import { LOSS_MEANINGS } from '../gan/choices.js';
import { OWN, RUN_OPTIONS, type RunOptions } from '../gan/options.js';
import { lossLevels } from '../evaluation/loss-levels.js';
import { GRID_SIZE } from '../gan/inputs.js';
import { flagOf } from '../options.js';
import { wordsOf } from '../names.js';
import { numberText } from '../runs/log.js';
import type { RunData } from '../runs/run-data.js';
import { duration } from './durations.js';
import { html, type Html } from './html.js';
import { newestNumbers } from './results-table.js';
import { repeatCommand, repeatSweepCommand } from './repeat-command.js';
import { pairsTable } from './table-part.js';

/** What was trained, in a sentence. */
export function whatWasTrained({ description, rows, sweep }: RunData): string {
  const { options, data } = description;
  const last = rows.at(-1)!;
  const most = options.limit === undefined ? '' : `the first ${options.limit} of `;
  const epochs = `${last.epoch} of ${options.epochs} ${options.epochs === 1 ? 'epoch' : 'epochs'}`;
  if (sweep !== undefined) {
    const each = sweep.varied.join() === 'digit' ? 'the images of each digit' : 'its images';
    return `${sweep.runs.size} GANs, one for each ${sweep.varied.map(wordsOf).join(' and ')}, on ${most}${each} (${data.source})`;
  }
  const which = data.classes[options.digit ?? -1] ?? options.digit;
  const images = options.digit === undefined ? 'all images' : `the images of ${which}`;
  return `The ${options.model} GAN after ${epochs} (${last.step} steps) on ${most}${images} (${data.source})`;
}

/** Numbers that are shown large, as far as there are any, with their names. */
const FACTS: readonly (readonly [name: string, label: string])[] = [
  ['recognised', 'recognised'],
  ['coverage', 'coverage'],
  ['frechet', 'Frechet distance'],
  ['diversity', 'diversity (real: 1)'],
];

/** The newest of each number that people ask for, or what `evaluate` found, and how long the training took. */
export function factsPart({ rows, folder }: RunData): Html {
  const numbers = newestNumbers(rows, folder);
  const measured = FACTS.filter(([name]) => name in numbers.measures).map(
    ([name, label]) => [label, numberText(numbers, name)] as const,
  );
  const last = rows.at(-1)!;
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const facts = [
    ...measured,
    ['epochs', String(last.epoch)],
    ['of training', duration(seconds)],
    ['images a second', String(Math.round(last.imagesPerSecond))],
  ] as const;
  return html`<dl class="facts">
    ${facts.map(
      ([label, value]) =>
        html`<div>
          <dt>${label}</dt>
          <dd>${value}</dd>
        </div> `,
    )}
  </dl>`;
}

/** What the numbers mean, for somebody who meets them for the first time. */
export function explanation({ description }: RunData): Html {
  return html`<section>
    <h2>What these numbers mean</h2>
    <div class="text">
      ${lossesText(description.options)}
      <p>
        <b>Neither falls as in other trainings.</b> The two work against each other, and each loss
        is measured against an opponent that changes. Curves that stay level while the samples get
        better are what one hopes for, and a lower loss is no better image: compare epochs and runs
        by their samples, or by an evaluation.
      </p>
      <p>
        <b>Collapse</b> is when the generator draws (nearly) one image for every z: the tiles of the
        grid look alike, and the diversity, the spread of the ${GRID_SIZE} samples over that of real
        images, falls from about 1 towards 0. Diversity does not see everything: a generator that
        leaves out some classes can still have a high one.
      </p>
      <p>
        <b>Recognised, coverage, Frechet distance.</b> A classifier that knows real images, the
        judge, looks at generated ones: the share that it is sure of, the share of real images that
        have a generated one near them, and how far the two crowds lie apart in its features.
      </p>
    </div>
  </section>`;
}

function lossesText({ loss, labelSmoothing }: RunOptions): Html {
  if (loss === OWN)
    return html`<p>
      <b>Losses.</b> Those of the script that trained this run, which says what they mean.
    </p>`;
  if (loss !== 'non-saturating')
    return html`<p><b>Losses</b> (${loss}): ${LOSS_MEANINGS[loss]}.</p>`;
  const { floor, undecided, generatorUndecided } = lossLevels(labelSmoothing);
  return html`<p>
      <b>Discriminator loss.</b> How badly it tells real images from generated ones (cross-entropy:
      its mean over real images plus that over generated ones). With this run's labels it lies at
      ${floor.toFixed(2)} when it has won and tells every image, and at ${undecided.toFixed(2)} when
      it is undecided and can only guess.
    </p>
    <p>
      <b>Generator loss.</b> How badly the generator deceives the discriminator of the moment:
      ${generatorUndecided.toFixed(2)} where that is undecided, higher where it sees through the
      images.
    </p>`;
}

/** Lines are broken between them, not within an option. */
const inWords = (command: string): Html[] =>
  command.split(' ').map((word, k) => html`${k === 0 ? '' : ' '}<span class="word">${word}</span>`);

/** The command that makes the run again, and every option that it was made with. */
export function repeatPart({ description, sweep }: RunData): Html {
  const { options, backend, data, versions } = description;
  const given = Object.keys(RUN_OPTIONS).flatMap((name): [string, string][] => {
    const value = options[name as keyof RunOptions];
    return value === undefined ? [] : [[flagOf(name), String(value)]];
  });
  const made: [string, string][] = [
    ['backend', `${backend.name} (${backend.library}), threads ${backend.threads}`],
    ['data', data.source],
    ...Object.entries(versions).map(([name, version]): [string, string] => [name, String(version)]),
    ['seed of everything random', String(options.seed ?? 'one each')],
    ['started', `${description.createdAt.slice(0, 16).replace('T', ' ')} UTC`],
  ];
  const { own = [] } = description;
  const command =
    own.length > 0
      ? undefined
      : sweep === undefined
        ? repeatCommand(description)
        : repeatSweepCommand(description, sweep);
  return html`<section>
    <h2>Make it again</h2>
    ${own.length > 0 ? html`<p>By the script that has its own ${own.join(', ')}.</p>` : undefined}
    ${
      command &&
      html`<div class="command">
        <code tabindex="0">${inWords(command)}</code>
        <button type="button" hidden>Copy</button>
      </div>`
    }
    <details>
      <summary>Every option, and what it ran on</summary>
      <div class="options">${pairsTable([...given, ...made], 'Options')}</div>
    </details>
  </section>`;
}

import { LOSS_MEANINGS } from '../gan/choices.js';
import { OWN, RUN_OPTIONS, type RunOptions } from '../gan/options.js';
import { flagOf } from '../options.js';
import { wordsOf } from '../names.js';
import { rowText } from '../runs/log.js';
import { html, type Html } from './html.js';
import { lossLevels } from '../evaluation/loss-levels.js';
import { table } from './report-pictures.js';
import type { RunData } from '../runs/run-data.js';
import { judgeRun } from '../evaluation/verdict.js';

/** The run's name and how far it is. */
export function header(run: RunData): Html {
  const { name, description, rows, sweep } = run;
  const { options, backend } = description;
  const last = rows.at(-1)!;
  const seconds = rows.reduce((sum, row) => sum + row.seconds, 0);
  const means = sweep === undefined ? '' : ' (means over the runs)';
  return html`<header>
    <h1>${name}</h1>
    <p>${whatWasTrained(run)}: ${rowText(last)}${means}.</p>
    <p class="faint">
      ${duration(seconds)} of training with ${backend.library}, ${backend.threads}
      ${backend.threads === 1 ? 'thread' : 'threads'}; seed ${options.seed}; started
      ${description.createdAt.slice(0, 16).replace('T', ' ')} UTC
    </p>
  </header>`;
}

function whatWasTrained({ description, rows, sweep }: RunData): string {
  const { options, data } = description;
  const last = rows.at(-1)!;
  const most = options.limit === undefined ? '' : `the first ${options.limit} of `;
  if (sweep !== undefined) {
    const each = sweep.varied.join() === 'digit' ? 'the images of each digit' : 'its images';
    return `${sweep.runs.size} GANs, one for each ${sweep.varied.map(wordsOf).join(' and ')}, after ${last.epoch} of ${options.epochs} epochs on ${most}${each} (${data.source})`;
  }
  const images = options.digit === undefined ? 'all images' : `the images of ${options.digit}`;
  return `The ${options.model} GAN after ${last.epoch} of ${options.epochs} epochs (${last.step} steps) on ${most}${images} (${data.source})`;
}

/** "45.3 s", "5 min 46 s", "2 h 5 min". */
function duration(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** The box with what the run shows. */
export function findings({ rows, description }: RunData): Html {
  return html`<section class="box">
    <h2 style="margin-top:0.6rem">What this run shows</h2>
    ${judgeRun(rows, description.options).map(
      ({ kind, title, text }) => html`<p class="finding ${kind}"><b>${title}.</b> ${text}</p> `,
    )}
  </section>`;
}

/** What the numbers mean, for somebody who meets them for the first time. */
export function explanation({ description }: RunData): Html {
  return html`<section class="box">
    <h2 style="margin-top:0.6rem">What these numbers mean</h2>
    ${meaningOfLosses(description.options)}
    <p>
      <b>Neither falls as in other trainings.</b> The two work against each other, and each loss is
      measured against an opponent that changes. Curves that stay level while the samples get better
      are what one hopes for, and a lower loss is no better image: compare epochs and runs by their
      samples, or by an evaluation.
    </p>
    <p>
      <b>Collapse</b> is when the generator draws (nearly) one image for every z: the tiles of the
      grid look alike, and the diversity, the spread of the 64 samples over that of real images,
      falls from about 1 towards 0. Often the discriminator's loss then falls to its lowest, and the
      generator's rises. Diversity does not see everything: a generator that leaves out some digits
      can still have a high one.
    </p>
  </section>`;
}

function meaningOfLosses({ loss, labelSmoothing }: RunOptions): Html {
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
      ${floor.toFixed(2)} when it tells every image, and at ${undecided.toFixed(2)} when it can only
      guess.
    </p>
    <p>
      <b>Generator loss.</b> How badly the generator deceives the discriminator of the moment:
      ${generatorUndecided.toFixed(2)} where that can only guess, higher where it sees through the
      images.
    </p>`;
}

/** Every option, and what the run was made with. */
export function optionsTable({ description }: RunData): Html {
  const { options, backend, data, versions } = description;
  const given = Object.keys(RUN_OPTIONS).flatMap((name): [string, string][] => {
    const value = options[name as keyof RunOptions];
    return value === undefined ? [] : [[flagOf(name), String(value)]];
  });
  return html`<section>
    <h2>Options</h2>
    <div class="options">
      ${table([
        ...given,
        ['backend', `${backend.name} (${backend.library}), threads ${backend.threads}`],
        ['data', data.source],
        ...Object.entries(versions).map(([name, version]): [string, string] => [
          name,
          String(version),
        ]),
      ])}
    </div>
  </section>`;
}

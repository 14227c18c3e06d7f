import { existsSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { GRID_FILES, listRuns, RUN_FILES } from '../runs/run-folder.js';
import type { RunData } from '../runs/run-data.js';
import { isSweep } from '../runs/sweep.js';
import { html, type Html } from './html.js';

/** What a run's folder holds, in the order in which people look for it. */
const FILES: readonly (readonly [file: string, what: string])[] = [
  [RUN_FILES.losses, 'the numbers of each epoch, for a spreadsheet'],
  [RUN_FILES.log, 'the same as JSON lines, with times'],
  ['evolution.gif', 'the samples growing'],
  ['evolution.png', 'the same as a picture, a row per epoch'],
  ['losses.png', 'the losses as a picture'],
  [RUN_FILES.samples, 'a grid of samples per epoch'],
  [GRID_FILES.real, 'real images of the same classes'],
  [GRID_FILES.walk, 'a walk through z'],
  [RUN_FILES.generatorOnnx, 'the generator, for any ONNX Runtime'],
  [RUN_FILES.evaluation, 'the evaluation'],
  [RUN_FILES.options, 'every option'],
  [RUN_FILES.sweep, 'the plan of the runs'],
];

/** Links to the run's files. @param place the folder of the page. */
export function filesPart({ folder }: RunData, place: string): Html | undefined {
  const there = FILES.filter(([file]) => existsSync(join(folder, file)));
  if (there.length === 0) return undefined;
  return html`<section>
    <h2>Files</h2>
    <ul class="files">
      ${there.map(
        ([file, what]) =>
          html`<li>
            <a href="${addressOf(place, join(folder, file))}">${file}</a>
            <span class="faint">${what}</span>
          </li> `,
      )}
    </ul>
  </section>`;
}

/** Links to the reports of the sweep that the run is of, or of the runs before and after it, as far as these have one. */
export function otherRuns({ folder, name }: RunData, from: string): Html | undefined {
  const outputs = dirname(resolve(folder));
  const links = isSweep(outputs)
    ? [['all runs of the sweep', '..'] as const]
    : neighbours(outputs, name);
  const there = links.filter(([, place]) => existsSync(join(folder, place, RUN_FILES.report)));
  if (there.length === 0) return undefined;
  return html`<nav aria-label="Other runs">
    ${there.map(
      ([text, place]) =>
        html`<a href="${addressOf(from, join(folder, place, RUN_FILES.report))}">${text}</a> `,
    )}
  </nav>`;
}

function neighbours(outputs: string, name: string): (readonly [string, string])[] {
  const names = listRuns(outputs).map((run) => basename(run));
  const place = names.indexOf(name);
  if (place < 0) return [];
  const [before, after] = [names[place - 1], names[place + 1]];
  return [
    ...(before === undefined ? [] : [[`← ${before}`, join('..', before)] as const]),
    ...(after === undefined ? [] : [[`${after} →`, join('..', after)] as const]),
  ];
}

/** A path as a link from a page in the folder `place`: whatever its names hold, it is no other address. */
export const addressOf = (place: string, path: string): string =>
  relative(place, path)
    .split(/[\\/]/)
    .map((part) => encodeURIComponent(part))
    .join('/');

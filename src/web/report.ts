import { join } from 'node:path';
import { renewFile } from '../files/replace.js';
import type { ReadSamples } from '../charts/pictures.js';
import { wordsOf } from '../names.js';
import { GRID_FILES, RUN_FILES } from '../runs/run-folder.js';
import type { RunData } from '../runs/run-data.js';
import { VERSION } from '../version.js';
import { chartParts } from './chart-part.js';
import { evaluationSection } from './evaluation-part.js';
import { readEvaluation } from './evaluation.js';
import { evolutionFrames } from './frames.js';
import { html, type Html } from './html.js';
import { filesPart, otherRuns } from './links-part.js';
import { pageText } from './page.js';
import { playerPart, realPart, walkPart, type Grid } from './picture-parts.js';
import { explanation, factsPart, repeatPart, whatWasTrained } from './report-parts.js';
import { findingsOf, linkTo, resultsTable } from './results-table.js';
import { manyRunsCharts, runCharts } from './run-charts.js';
import { gridBeside, MOST_ROWS, samplesOf } from './run-samples.js';
import { verdictPart } from './verdict-part.js';

/** Writes a run's report.html anew; it is a function of the run's folder, and of which runs are beside it. */
export async function writeReport(
  run: RunData,
  read?: ReadSamples,
  into = run.folder,
): Promise<string> {
  const path = join(into, RUN_FILES.report);
  await renewFile(path, await reportPage(run, read, into));
  return path;
}

/**
 * One page with everything in it: what the run shows in words, its samples over the epochs beside real images, curves, a walk through
 * z, the evaluation, files, and the command that makes it again. A sweep has one page with all of its runs.
 *
 * @param read gives the samples of an epoch.
 * @param place the folder of the page, from which files and other runs are linked.
 * @throws UserError when a grid of samples is damaged.
 */
export async function reportPage(
  run: RunData,
  read?: ReadSamples,
  place = run.folder,
): Promise<string> {
  const { name, sweep } = run;
  const body = html`<header>
      ${otherRuns(run, place)}
      <h1>${name}</h1>
      <p class="faint">${whatWasTrained(run)}.</p>
    </header>
    <main>
      ${verdictPart(findingsOf(run))} ${sweep === undefined ? factsPart(run) : undefined}
      ${samplesSection(run, place, read)}
      ${sweep === undefined ? undefined : resultsSection(run, place)} ${await curvesSection(run)}
      ${walkSection(run)} ${evaluationSection(readEvaluation(run.folder))} ${explanation(run)}
      ${filesPart(run, place)} ${repeatPart(run)}
    </main>
    ${footer()}`;
  return pageText({ title: `${name} - gan-mnist`, body });
}

export const footer = (): Html =>
  html`<footer class="faint">
    Made by gan-mnist ${VERSION}. This page is one file: it loads and sends nothing.
  </footer>`;

function samplesSection(run: RunData, place: string, read?: ReadSamples): Html | undefined {
  const samples = samplesOf(run, read);
  const frames = evolutionFrames(samples);
  if (frames.length === 0) return undefined;
  const { shape, columns } = samples;
  const { sweep } = run;
  const rows = sweep?.planned.slice(0, MOST_ROWS);
  const count = samples.read(frames.at(-1)!.epoch).images.length / (shape[0] * shape[1] * shape[2]);
  const grid: Grid = { shape, columns, count };
  const real = gridBeside(run, GRID_FILES.real);
  return html`<section>
    <h2>Samples</h2>
    <div class="pair">
      ${playerPart({
        frames,
        grid,
        title: 'Generated',
        caption:
          sweep === undefined
            ? 'The same z in every epoch.'
            : `A row per ${sweep.varied.map(wordsOf).join(' and ')}${sweep.planned.length > MOST_ROWS ? `, the first ${MOST_ROWS}` : ''}.`,
        what: `${count} samples`,
        ...(rows && { rows: rows.map((one) => nameInGrid(run, one, place)) }),
      })}
      ${real && realPart(real.image, real.grid, 'Training images of the same classes.')}
    </div>
  </section>`;
}

function nameInGrid({ sweep }: RunData, name: string, place: string): string | Html {
  const run = sweep!.runs.get(name);
  return run === undefined ? name : linkTo({ name, run }, place);
}

function resultsSection({ sweep }: RunData, place: string): Html {
  const runs = [...sweep!.runs].map(([name, run]) => ({ name, run }));
  return html`<section>
    <h2>Results</h2>
    ${resultsTable(runs, sweep!.varied.map(wordsOf).join(', '), place)}
  </section>`;
}

async function curvesSection(run: RunData): Promise<Html> {
  const { sweep } = run;
  const charts =
    sweep === undefined
      ? runCharts(run)
      : manyRunsCharts([...sweep.runs].map(([name, { rows }]) => ({ name, rows })));
  return curves(
    await chartParts(charts),
    'Point at a curve for its values; a click shows the samples of that epoch.',
  );
}

/** Charts side by side where there is room. */
export function curves(charts: readonly Html[], text: string): Html {
  return html`<section id="curves">
    <h2>Curves</h2>
    <p class="faint">
      <span class="scripted" hidden>${text} Ctrl and the wheel, or two fingers, zoom.</span>
    </p>
    <div class="charts">${charts}</div>
  </section>`;
}

function walkSection(run: RunData): Html | undefined {
  const walk = run.sweep === undefined ? gridBeside(run, GRID_FILES.walk) : undefined;
  return walk && walkPart(walk.image, walk.grid);
}

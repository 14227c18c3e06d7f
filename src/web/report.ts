import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renewFile } from '../files.js';
import { linesChartOption, lossesChartOption } from '../images/losses-chart.js';
import { sampleReader, type ReadSamples } from '../training/pictures.js';
import { RUN_FILES, sampleFile } from '../training/run-folder.js';
import { CHART_COLORS, interactive } from './charts.js';
import { showChart, showEvolution } from './client.js';
import { readEvaluation } from './evaluation.js';
import { evolutionFrames } from './frames.js';
import { script, scriptValue, html, type Html } from './html.js';
import { echartsCode, pageText, SELF_CONTAINED } from './page.js';
import { sampledEpochs, type RunData } from './run-data.js';
import { explanation, findings, header, optionsTable } from './report-parts.js';
import { evaluationSection, lastSamples } from './report-pictures.js';

const GREEN = '#009e73';

/** Writes a run's report.html anew; it is a function of the run's folder. */
export async function writeReport(run: RunData, read?: ReadSamples): Promise<string> {
  const path = join(run.folder, RUN_FILES.report);
  await renewFile(path, reportPage(run, read));
  return path;
}

/**
 * One page with everything in it: what the run shows, curves, evolution, samples, evaluation, options.
 *
 * @param read gives the samples of an epoch.
 * @throws UserError when a grid of samples is damaged.
 */
export function reportPage(run: RunData, read = sampleReader(run.folder)): string {
  const { rows, folder, name } = run;
  const sampled = sampledEpochs(folder, rows);
  const frames = evolutionFrames(sampled, read);
  const last = sampled.at(-1);
  const body = html`${header(run)} ${findings(run)} ${curves(run)}
  ${frames.length > 0 ? evolution() : undefined}
  ${last === undefined ? undefined : lastSamples(last, readFileSync(join(folder, sampleFile(last))))}
  ${evaluationSection(readEvaluation(folder))} ${explanation(run)} ${optionsTable(run)}
  ${script(echartsCode())}
  ${script(
    [
      String(showChart),
      String(showEvolution),
      `const colors = ${scriptValue(CHART_COLORS)};`,
      ...charts(run).map(
        ({ id, option }) =>
          `showChart(document.getElementById('${id}'), ${scriptValue(interactive(option))}, colors);`,
      ),
      frames.length > 0
        ? `showEvolution(document.getElementById('evolution'), ${scriptValue(frames)});`
        : '',
    ].join('\n'),
  )}`;
  return pageText({ title: `${name} - gan-mnist`, body, policy: SELF_CONTAINED });
}

function charts({ rows }: RunData) {
  const points = rows.flatMap(({ epoch, diversity }) =>
    diversity === undefined ? [] : [[epoch, diversity] as const],
  );
  const diversity = linesChartOption(
    [{ name: 'diversity', color: GREEN, points }],
    'diversity (real images: 1)',
  );
  return [
    { id: 'losses', option: lossesChartOption(rows) },
    ...(points.length > 0 ? [{ id: 'diversity', option: diversity }] : []),
  ];
}

function curves(run: RunData): Html {
  return html`<section>
    <h2>Curves</h2>
    <p class="faint">
      Point at a curve for its values. To zoom, drag the ends of the strip below it, pinch, or turn
      the wheel with Ctrl held; then drag to move. The same numbers are in losses.csv beside this
      page.
    </p>
    ${charts(run).map(
      ({ id }) =>
        html`<div
          class="chart ${id === 'losses' ? '' : 'low'}"
          id="${id}"
          role="img"
          aria-label="${id} over the epochs"
        ></div>`,
    )}
  </section>`;
}

function evolution(): Html {
  return html`<section id="evolution">
    <h2>Evolution</h2>
    <p class="faint">
      The same z in every epoch, so that one sees each digit grow. Arrow keys move the slider.
    </p>
    <div class="slider">
      <button type="button">Play</button>
      <input type="range" min="0" value="0" aria-label="epoch" /><output></output>
    </div>
    <img class="digits" alt="" />
  </section>`;
}

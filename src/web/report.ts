import { join } from 'node:path';
import { renewFile } from '../files/replace.js';
import type { EChartsOption } from 'echarts';
import { isLoss, lossesChartOption, PALETTE } from '../charts/losses-chart.js';
import { wordsOf } from '../names.js';
import type { ReadSamples } from '../charts/pictures.js';
import { RUN_FILES } from '../runs/run-folder.js';
import { showEvolution } from './client.js';
import { sweepFindings } from './sweep-parts.js';
import { readEvaluation } from './evaluation.js';
import { evolutionFrames } from './frames.js';
import { script, scriptValue, html, type Html } from './html.js';
import { chartPlace, chartsCode, type PageChart } from './page-charts.js';
import { echartsCode, pageText, SELF_CONTAINED } from './page.js';
import { explanation, findings, header, optionsTable } from './report-parts.js';
import { evaluationSection, samplesSection } from './report-pictures.js';
import { numberCharts } from './run-charts.js';
import type { RunData } from '../runs/run-data.js';
import { lastGrid, samplesOf } from './run-samples.js';

/** Writes a run's report.html anew; it is a function of the run's folder. */
export async function writeReport(
  run: RunData,
  read?: ReadSamples,
  into = run.folder,
): Promise<string> {
  const path = join(into, RUN_FILES.report);
  await renewFile(path, reportPage(run, read));
  return path;
}

/**
 * One page with everything in it: what the run shows, samples and their evolution, curves, evaluation, options. A sweep has
 * one page with all of its runs.
 *
 * @param read gives the samples of an epoch.
 * @throws UserError when a grid of samples is damaged.
 */
export function reportPage(run: RunData, read?: ReadSamples): string {
  const samples = samplesOf(run, read);
  const frames = evolutionFrames(samples);
  const last = lastGrid(run, samples);
  const body = html`${header(run)}
  ${run.sweep === undefined ? findings(run) : sweepFindings(run, run.sweep)}
  ${last && samplesSection(last)} ${curves(run)} ${evaluationSection(readEvaluation(run.folder))}
  ${explanation(run)} ${optionsTable(run)} ${script(echartsCode())}
  ${script(
    [
      chartsCode(charts(run)),
      String(showEvolution),
      frames.length > 0
        ? `showEvolution(document.getElementById('evolution'), ${scriptValue(frames)});`
        : '',
    ].join('\n'),
  )}`;
  return pageText({ title: `${run.name} - gan-mnist`, body, policy: SELF_CONTAINED });
}

/** One of all losses, or for a sweep one of each with a line per run; then one of each other number. */
function charts({ rows, sweep }: RunData): PageChart[] {
  const placed = (charts: ReturnType<typeof numberCharts>): PageChart[] =>
    charts.map(({ name, option }) => ({ id: name, option }));
  if (sweep !== undefined)
    return placed(numberCharts([...sweep.runs].map(([name, run]) => ({ name, rows: run.rows }))));
  const others = numberCharts([{ name: '', rows }]).filter(({ name }) => !isLoss(name));
  return [
    { id: 'losses', option: lossesChartOption(rows) },
    ...placed(others).map(({ id, option }) => ({ id, option: named(option, wordsOf(id)) })),
  ];
}

/** A chart of one line, which is green and has its number's name. */
function named(option: EChartsOption, name: string): EChartsOption {
  const series = [option.series ?? []].flat().map((line) => ({ ...line, name, color: GREEN }));
  return { ...option, series: series as EChartsOption['series'] };
}

const GREEN = PALETTE[2];

function curves(run: RunData): Html {
  return html`<section>
    <h2>Curves</h2>
    <p class="faint">
      Point at a curve for its values. To zoom, drag the ends of the strip below it, pinch, or turn
      the wheel with Ctrl held; then drag to
      move.${run.sweep === undefined ? ' The same numbers are in losses.csv beside this page.' : ' Point at a name to see its line alone.'}
    </p>
    ${charts(run).map(({ id }) => chartPlace(id, id === 'losses' ? 'full' : 'low'))}
  </section>`;
}

import { CHART_COLORS } from '../charts.js';
import { showChart } from '../client.js';
import { html, script, scriptValue } from '../html.js';
import { chartPlace } from '../page-charts.js';
import { pageText } from '../page.js';
import { followRun } from './client.js';

/** Loads the chart's code, the samples and the events from the server that it came from, and nothing else. */
const POLICY =
  "default-src 'none'; img-src 'self' data:; connect-src 'self'; style-src 'unsafe-inline'; script-src 'self' 'unsafe-inline'";

/** The page of gan-mnist watch; everything that changes comes as events. */
export function watchPage(name: string): string {
  const body = html`<h1>${name}</h1>
    <p class="status"><span id="epoch" aria-live="polite"></span></p>
    <progress id="bar" style="width:100%" value="0" max="1" aria-label="epochs done"></progress>
    <p class="status" id="line"></p>
    <p class="finding bad" id="problem" style="border:0;padding:0"></p>
    ${chartPlace('losses', 'full')}
    <h2 id="caption">Samples</h2>
    <img class="digits" id="samples" alt="" hidden />
    <p class="faint">
      A GAN's losses do not tell how good it is: look at the samples.
      <span id="connection">connecting...</span>
    </p>
    <script src="/echarts.js"></script>
    ${script(
      [
        String(showChart),
        String(followRun),
        `followRun(showChart, ${scriptValue(CHART_COLORS)});`,
      ].join('\n'),
    )}`;
  return pageText({ title: `${name} - gan-mnist watch`, body, policy: POLICY });
}

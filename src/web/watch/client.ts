/** What runs in the page of gan-mnist watch; as its own text, see client.ts. */
import type { ChartColors } from '../charts.js';
import type { showChart } from '../client.js';
import type { RunState } from './follower.js';

/** Listens to the server; the browser connects again by itself when the connection is lost. */
export function followRun(draw: typeof showChart, colors: ChartColors): void {
  const byId = (id: string) => document.getElementById(id)!;
  const image = byId('samples') as HTMLImageElement;
  let update: ReturnType<typeof showChart> | undefined;
  let shown: number | undefined;
  const events = new EventSource('/events');
  const connection = (text: string) => (byId('connection').textContent = text);
  events.onopen = () => connection('connected');
  events.onerror = () => connection('connection lost, trying again...');
  events.onmessage = (event: MessageEvent<string>) => {
    const state = JSON.parse(event.data) as RunState;
    const { epoch, epochs, line, chart, sampled, problem } = state;
    byId('epoch').textContent =
      epoch === 0
        ? 'no epoch is done yet: waiting for the first'
        : `epoch ${epoch} of ${epochs}${epoch >= epochs ? ', finished' : ''}`;
    const bar = byId('bar') as HTMLProgressElement;
    bar.max = Math.max(epochs, 1);
    bar.value = epoch;
    byId('line').textContent = line;
    byId('problem').textContent = problem ?? '';
    if (update === undefined) update = draw(byId('losses'), chart, colors);
    else {
      // What the reader has zoomed to stays.
      delete chart.dataZoom;
      update(chart);
    }
    image.hidden = sampled === undefined;
    if (sampled !== undefined && sampled !== shown) {
      image.src = `/samples/${sampled}?epochs=${epoch}`;
      image.alt = `64 samples of epoch ${sampled}`;
      byId('caption').textContent = `Samples of epoch ${sampled}`;
    }
    shown = sampled;
  };
}

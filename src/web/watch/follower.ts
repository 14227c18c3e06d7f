import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../errors.js';
import { chooseEvenly } from '../../charts/evolution.js';
import { gridSize } from '../../images/grid.js';
import { GRID_COLUMNS, GRID_SIZE } from '../../gan/inputs.js';
import { sampledEpochs } from '../../runs/run-data.js';
import { GRID_FILES } from '../../runs/run-folder.js';
import { chartParts } from '../chart-part.js';
import { MOST_FRAMES } from '../frames.js';
import { html, type Html } from '../html.js';
import { playerPart, realPart, type Grid } from '../picture-parts.js';
import { manyRunsCharts, runCharts } from '../run-charts.js';
import { findingsList, headline } from '../verdict-part.js';
import { findingsIn, headingPart, statusPart, tilePart, waitingPart } from './parts.js';
import type { WatchNews } from './news.js';
import { secondsLeft } from './time-left.js';
import { readWatched, stampOf, type Watched, type WatchedRun } from './watched.js';

/** Where the server has a run's pictures, from the page. */
const pictureUrl = (name: string, ...parts: readonly (string | number)[]): string =>
  ['pictures', encodeURIComponent(name), ...parts].join('/');

/** Looks whether what is watched has changed, and says what the page is to show. */
export class RunFollower {
  private seen: string | undefined;

  /** @param find gives the folder of a run or a sweep; undefined while there is none. */
  constructor(readonly find: () => string | undefined) {}

  /** The news if there are any since the last call. */
  async changed(): Promise<WatchNews | undefined> {
    const now = this.stamp();
    if (now === this.seen) return undefined;
    this.seen = now;
    return this.news();
  }

  /** What the page is to show, in any case. */
  async news(): Promise<WatchNews> {
    try {
      const folder = this.find();
      return folder === undefined ? waiting() : await newsOf(readWatched(folder));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return problem(error.message);
    }
  }

  private stamp(): string {
    try {
      const folder = this.find();
      return folder === undefined ? 'none' : `${folder}: ${stampOf(folder)}`;
    } catch (error) {
      if (error instanceof UserError) return error.message;
      throw error;
    }
  }
}

const EMPTY = { verdict: '', findings: '', pictures: '', curves: '' };

const waiting = (): WatchNews => ({
  title: 'gan-mnist watch',
  sections: { ...EMPTY, status: waitingPart().text },
});

const problem = (text: string): WatchNews => ({
  title: 'gan-mnist watch',
  sections: { ...EMPTY, status: html`<p class="problem">${text}</p>`.text },
});

async function newsOf(watched: Watched): Promise<WatchNews> {
  const { name, varied, runs } = watched;
  const [first] = runs;
  const [verdict, ...findings] = varied === undefined ? findingsIn(first) : [];
  const charts =
    varied === undefined
      ? first.description === undefined || first.rows.length === 0
        ? []
        : runCharts({ rows: first.rows, description: first.description })
      : manyRunsCharts(runs.map(({ label, rows }) => ({ name: label, rows })));
  const curves = await chartParts(charts, { still: false });
  const left = secondsLeft(runs);
  return {
    title: `${name} - gan-mnist watch`,
    sections: {
      status: html`${headingPart(watched)}${statusPart(runs)}`.text,
      verdict: verdict === undefined ? '' : headline(verdict).text,
      findings: findingsList(findings)?.text ?? '',
      pictures: (varied === undefined ? onePictures(name, first) : tiles(watched)).text,
      curves: html`${curves}`.text,
    },
    ...(left !== undefined && { secondsLeft: left }),
  };
}

/** The samples of a run over its epochs, and real images. */
function onePictures(name: string, { folder, rows, description }: WatchedRun): Html {
  const epochs = sampledEpochs(folder, rows);
  if (epochs.length === 0 || description === undefined)
    return html`<p class="faint" id="no-samples">The first samples come with the first epoch.</p>`;
  const { shape } = description.data;
  const grid: Grid = { shape, columns: GRID_COLUMNS, count: GRID_SIZE };
  const frames = chooseEvenly(epochs, MOST_FRAMES).map((epoch) => ({
    epoch,
    image: pictureUrl(name, 0, epoch),
  }));
  const hasReal = existsSync(join(folder, GRID_FILES.real));
  return html`${playerPart({
    frames,
    grid,
    run: name,
    title: 'Generated',
    caption: 'The same z in every epoch.',
    what: `${GRID_SIZE} samples`,
  })}${hasReal ? realPart(pictureUrl(name, 0, 'real'), grid, 'Training images of the same classes.') : undefined}`;
}

/** A tile for each run of a sweep. */
const tiles = ({ name, runs }: Watched): Html =>
  html`${runs.map((run, index) => {
    const epoch = sampledEpochs(run.folder, run.rows).at(-1);
    const size =
      run.description && gridSize(GRID_SIZE, run.description.data.shape, GRID_COLUMNS, 1);
    return tilePart(
      run,
      index,
      epoch === undefined || size === undefined
        ? undefined
        : { ...size, image: pictureUrl(name, index, epoch) },
    );
  })}`;

import { rowText } from '../../runs/log.js';
import type { RunState } from '../../runs/run-data.js';
import { wordsOf } from '../../names.js';
import { verdictOf } from '../../evaluation/kept-verdict.js';
import type { Finding } from '../../evaluation/verdict.js';
import { duration } from '../durations.js';
import { html, type Html } from '../html.js';
import { shortFinding } from '../verdict-part.js';
import type { Watched, WatchedRun } from './watched.js';

const STATES: Readonly<Record<RunState, string>> = {
  waiting: 'Waiting',
  running: 'Running',
  stopped: 'Interrupted',
  done: 'Done',
};

export const waitingPart = (): Html =>
  html`<h1 id="name">Waiting for the first run</h1>
    <p class="faint" id="how">
      It is shown here as soon as gan-mnist train begins one in the folder outputs.
    </p>`;

export const headingPart = ({ name, varied, runs }: Watched): Html =>
  html`<h1 id="name">${name}</h1>
    ${varied && html`<p class="faint" id="what">${runs.length} runs, which differ in ${varied.map(wordsOf).join(', ')}</p>`}`;

/** How far the runs are, in words and as a bar; what is wrong with their files. */
export function statusPart(runs: readonly WatchedRun[]): Html {
  const epochs = sum(runs.map(epochsOf));
  const all = sum(
    runs.map(({ state, options, rows }) =>
      state === 'done' ? epochsOf({ rows }) : options.epochs,
    ),
  );
  const problems = runs.flatMap(({ problem }) => problem ?? []);
  return html`<p class="status" id="state">
      <b>${stateOf(runs)}</b> <span>${runs.length === 1 ? howFar(runs[0]) : howFarAll(runs)}</span>
    </p>
    <progress
      id="bar"
      max="${Math.max(all, 1)}"
      value="${epochs}"
      aria-label="epochs done"
    ></progress>
    ${runs.length === 1 ? html`<p class="faint" id="numbers">${numbersText(runs[0])}</p>` : undefined}
    ${problems.map((problem, k) => html`<p class="problem" id="problem-${k}">${problem}</p>`)}`;
}

function stateOf(runs: readonly WatchedRun[]): string {
  const states = runs.map(({ state }) => state);
  if (states.includes('running')) return STATES.running;
  if (states.every((state) => state === 'done')) return STATES.done;
  return states.every((state) => state === 'waiting') ? STATES.waiting : STATES.stopped;
}

function howFar({ state, rows, options }: WatchedRun): string {
  const { epoch = 0 } = rows.at(-1) ?? {};
  if (state === 'done') {
    const seconds = sum(rows.map((row) => row.seconds));
    return `after ${epoch} ${epoch === 1 ? 'epoch' : 'epochs'}, ${duration(seconds)} of training`;
  }
  const far = epoch === 0 ? 'before the first epoch' : `epoch ${epoch} of ${options.epochs}`;
  return state === 'stopped' ? `${far}; gan-mnist train --resume goes on` : far;
}

function howFarAll(runs: readonly WatchedRun[]): string {
  const counts = (['running', 'done', 'stopped', 'waiting'] as const).flatMap((state) => {
    const count = runs.filter((run) => run.state === state).length;
    return count === 0 ? [] : [`${count} ${STATES[state].toLowerCase()}`];
  });
  return counts.join(', ');
}

function numbersText({ rows }: WatchedRun): string {
  const last = rows.at(-1);
  return last === undefined
    ? ''
    : `${rowText(last)}, ${Math.round(last.imagesPerSecond)} images a second`;
}

/** What a run shows so far; nothing before its first epoch. */
export const findingsIn = ({ folder, rows, description }: WatchedRun): Finding[] =>
  rows.length === 0 || description === undefined ? [] : verdictOf({ folder, rows, description });

/** A run of a sweep: some of its newest samples, and how it is. */
export function tilePart(
  run: WatchedRun,
  index: number,
  picture: { readonly image: string; readonly width: number; readonly height: number } | undefined,
): Html {
  const { label, state, options } = run;
  const epoch = epochsOf(run);
  const [finding] = findingsIn(run);
  return html`<article class="tile" id="run-${index}">
    <h2>${label}</h2>
    <div class="crop">
      ${
        picture &&
        html`<img
          src="${picture.image}"
          width="${picture.width}"
          height="${picture.height}"
          alt="samples of epoch ${epoch}"
        />`
      }
    </div>
    <progress max="${options.epochs}" value="${epoch}" aria-label="epochs done"></progress>
    <p class="faint">${STATES[state]}, epoch ${epoch} of ${options.epochs}</p>
    ${finding && html`<p>${shortFinding(finding)}</p>`}
  </article> `;
}

const epochsOf = ({ rows }: Pick<WatchedRun, 'rows'>): number => rows.at(-1)?.epoch ?? 0;
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

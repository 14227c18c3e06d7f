import { barLine } from './bars.js';
import { chalkAt, type ColorLevel } from './colors.js';
import { formatSeconds } from './format.js';
import { Rate } from './rate.js';
import type { Frame, Screen, WindowSize } from './screen.js';

/** How far a command is that trains nothing. */
export interface Task {
  /** @param label what is being done, as "drawing images". */
  at(label: string, done: number, all: number): void;
}

/** A task that takes this long in plain lines is worth a line at each tenth. */
const PLAIN_SECONDS = 2;

export interface TaskOptions {
  readonly screen: Screen;
  readonly say: (line: string) => void;
  readonly colors: ColorLevel;
  readonly now?: () => number;
}

/** A bar in a terminal, with the time left; elsewhere a line at each tenth of what takes long. */
export function createTask({ screen, say, colors, ...options }: TaskOptions): Task {
  const { now = () => performance.now() / 1000 } = options;
  const chalk = chalkAt(colors);
  let state = { label: '', done: 0, all: 1 };
  let rate = new Rate();
  let startedAt = now();
  let tenth = 0;
  const draw = ({ columns }: WindowSize): Frame => {
    const { label, done, all } = state;
    const perSecond = rate.stepsPerSecond();
    const text = perSecond === undefined ? '' : `${formatSeconds((all - done) / perSecond)} left`;
    const share = all === 0 ? 0 : done / all;
    return { lines: [barLine({ label, share, text }, columns, chalk)], share };
  };
  return {
    at(label, done, all) {
      if (label !== state.label) {
        rate = new Rate();
        startedAt = now();
        tenth = 0;
      }
      state = { label, done, all };
      rate.add(now(), done);
      if (screen.isLive) {
        if (done >= all) return screen.close();
        screen.show(draw);
        return screen.refresh();
      }
      const reached = Math.floor((10 * done) / all);
      if (reached === tenth || now() - startedAt < PLAIN_SECONDS) return;
      tenth = reached;
      say(`  ${label}: ${done} of ${all}`);
    },
  };
}

import { startChart } from './chart.js';
import { startCommand } from './command.js';
import type { LivePart } from './live-part.js';
import { startPlayer } from './player.js';
import { startWalk } from './walk.js';

const STARTERS: Readonly<Record<string, (element: HTMLElement) => LivePart | undefined>> = {
  '.chart': startChart,
  '.player': startPlayer,
  '.walk': startWalk,
  '.command': startCommand,
};

const live = new WeakMap<Element, LivePart>();

/** Starts what is in an element, itself included. */
export function bringToLife(root: HTMLElement): void {
  for (const [selector, start] of Object.entries(STARTERS))
    for (const element of [root, ...root.querySelectorAll<HTMLElement>(selector)]) {
      if (!element.matches(selector) || live.has(element)) continue;
      const part = start(element);
      if (part !== undefined) live.set(element, part);
    }
}

export const partOf = (element: Element): LivePart | undefined => live.get(element);

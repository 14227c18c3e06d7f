import type { WatchNews } from '../web/watch/news.js';
import { bringToLife, partOf } from './parts.js';

/** Listens to the server; the browser connects again by itself when the connection is lost. */
export function startWatching(root: HTMLElement): void {
  const connection = root.querySelector('#connection')!;
  const events = new EventSource(root.dataset.events!);
  const known = new Map<string, string>();
  events.onopen = () => (connection.textContent = '');
  events.onerror = () => (connection.textContent = 'Connection lost, trying again.');
  events.onmessage = (event: MessageEvent<string>) => {
    const { title, sections, secondsLeft } = JSON.parse(event.data) as WatchNews;
    document.title = title;
    for (const [id, html] of Object.entries(sections))
      if (known.get(id) !== html) {
        known.set(id, html);
        renew(root.querySelector(`#${id}`)!, html);
      }
    countDown(root.querySelector('#left')!, secondsLeft);
  };
}

/** Puts newer HTML in the place of what a section holds; parts that are the same stay, and those at work take what is new. */
function renew(section: Element, html: string): void {
  const template = document.createElement('template');
  template.innerHTML = html;
  const old = new Map([...section.children].map((child) => [child.id, child]));
  const newer = [...template.content.children] as HTMLElement[];
  const kept = newer.map((child): Element => {
    const before = old.get(child.id);
    if (before === undefined || child.id === '') return child;
    if (texts.get(before) === child.outerHTML) return before;
    const text = child.outerHTML;
    if (partOf(before)?.update(child) !== true) return child;
    texts.set(before, text);
    return before;
  });
  for (const child of kept) if (!texts.has(child)) texts.set(child, child.outerHTML);
  for (const child of section.children) if (!kept.includes(child)) partOf(child)?.stop();
  // What stays is not moved: it would lose the focus.
  kept.forEach((child, k) => {
    if (section.children[k] !== child) section.insertBefore(child, section.children[k] ?? null);
  });
  while (section.children.length > kept.length) section.lastElementChild!.remove();
  for (const child of kept) bringToLife(child as HTMLElement);
}

/** What each part said when it came: it changes what it shows itself. */
const texts = new WeakMap<Element, string>();

let timer: ReturnType<typeof setInterval> | undefined;

/** Shows the time left and lets it run until news come. */
function countDown(place: Element, seconds: number | undefined): void {
  clearInterval(timer);
  place.textContent = '';
  if (seconds === undefined) return;
  const end = performance.now() + 1000 * seconds;
  const show = (): void => {
    const left = Math.max(0, (end - performance.now()) / 1000);
    place.textContent = left < 1 ? 'nearly done' : `about ${leftText(left)} left`;
  };
  show();
  timer = setInterval(show, 1000);
}

function leftText(seconds: number): string {
  const all = Math.ceil(seconds);
  if (all < 60) return `${all} s`;
  const minutes = Math.floor(all / 60);
  if (minutes < 60) return `${minutes} min ${all % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

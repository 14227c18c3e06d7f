/** The script of every page: it brings to life what is there, and of the page of `watch` also what comes. */
import { bringToLife } from './parts.js';
import { startWatching } from './watch.js';

for (const element of document.querySelectorAll<HTMLElement>('.scripted')) element.hidden = false;
bringToLife(document.body);
const watched = document.querySelector<HTMLElement>('[data-events]');
if (watched !== null) startWatching(watched);

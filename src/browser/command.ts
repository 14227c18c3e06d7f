import type { LivePart } from './live-part.js';

/** A command with a button that copies it, where the browser lets a page do so. */
export function startCommand(element: HTMLElement): LivePart | undefined {
  const button = element.querySelector('button')!;
  const text = element.querySelector('code')!.textContent;
  if (!('clipboard' in navigator)) return undefined;
  button.hidden = false;
  button.addEventListener('click', () => {
    navigator.clipboard.writeText(text).then(
      () => (button.textContent = 'Copied'),
      () => (button.textContent = 'Not allowed'),
    );
  });
  return { update: () => false, stop: () => {} };
}

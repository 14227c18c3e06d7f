import { pathToFileURL } from 'node:url';
import type { Console } from './console.js';

/** Opens a page or a file in the user's browser, and does not wait for it; says so where that cannot be done. */
export async function openInBrowser(target: string, console: Console): Promise<void> {
  const url = /^https?:/.test(target) ? target : pathToFileURL(target).href;
  try {
    const { default: open } = await import('open');
    await open(url);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    console.warn(`found no browser that opens here (${error.message}): open ${target} yourself`);
  }
}

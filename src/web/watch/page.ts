import { html } from '../html.js';
import { pageText } from '../page.js';

/** The page of gan-mnist watch; everything that changes comes as events. */
export function watchPage(): string {
  const body = html`<div class="watch" data-events="events">
    <header>
      <div id="status" aria-live="polite"></div>
      <p class="status"><span id="left"></span> <span id="connection">Connecting.</span></p>
    </header>
    <main>
      <div id="verdict"></div>
      <div class="side-by-side">
        <section id="pictures" aria-label="Samples"></section>
        <section aria-label="Curves"><div class="charts" id="curves"></div></section>
      </div>
      <div id="findings"></div>
      <noscript
        ><p>
          This page needs JavaScript: what comes is put into it as it comes. gan-mnist report writes
          one that does without.
        </p></noscript
      >
    </main>
    <footer class="faint">
      A GAN's losses do not tell how good it is: look at the samples. This page comes from gan-mnist
      watch.
    </footer>
  </div>`;
  return pageText({ title: 'gan-mnist watch', body, isServed: true });
}

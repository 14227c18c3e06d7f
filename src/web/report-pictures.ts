import type { Evaluation } from './evaluation.js';
import { pngUri } from './frames.js';
import { html, type Html } from './html.js';
import type { LastGrid } from './run-samples.js';

/** The newest grid of samples at its own size, and beside it, where there is room, the way to it as a slider over epochs. */
export function samplesSection({ epoch, png, width, text, layout }: LastGrid): Html {
  const style = `width:${width}px`;
  return html`<section class="samples">
    <div>
      <h2>Samples of epoch ${epoch}</h2>
      <p class="faint">${layout}</p>
      <img class="digits" style="${style}" alt="${text}" src="${pngUri(png)}" />
    </div>
    <div id="evolution">
      <h2>Evolution</h2>
      <p class="faint">The same z in every epoch: one sees each digit grow.</p>
      <img class="digits" style="${style}" alt="" />
      <div class="slider" style="${style}">
        <button type="button">Play</button>
        <input type="range" min="0" value="0" aria-label="epoch" /><output></output>
      </div>
    </div>
  </section>`;
}

/** The numbers and pictures of an evaluation; nothing where there is none. */
export function evaluationSection(evaluation: Evaluation | undefined): Html | undefined {
  if (evaluation === undefined) return undefined;
  const { headlines, entries, pictures, damage } = evaluation;
  return html`<section>
    <h2>Evaluation</h2>
    ${damage && html`<p>${damage}.</p>`} ${headlines.length > 0 ? table(headlines) : undefined}
    <div class="samples">
      ${pictures.map(
        ({ name, png }) => html`<img class="confusion" alt="${name}" src="${pngUri(png)}" /> `,
      )}
    </div>
    ${
      entries.length > 0
        ? html`<details>
            <summary>Everything in evaluation.json</summary>
            ${table(entries)}
          </details>`
        : undefined
    }
  </section>`;
}

/** Two columns: what, and how much. */
export function table(entries: readonly (readonly [string, string])[]): Html {
  return html`<div class="scroll">
    <table>
      ${entries.map(
        ([name, value]) =>
          html`<tr>
            <th scope="row">${name}</th>
            <td>${value}</td>
          </tr> `,
      )}
    </table>
  </div>`;
}

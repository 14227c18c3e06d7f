import type { Evaluation } from './evaluation.js';
import { pngUri } from './frames.js';
import { html, type Html } from './html.js';

/** The newest grid of samples, at its own size. */
export function lastSamples(epoch: number, png: Uint8Array): Html {
  return html`<section>
    <h2>Samples of epoch ${epoch}</h2>
    <img class="digits" alt="64 samples of epoch ${epoch}" src="${pngUri(png)}" />
  </section>`;
}

/** The numbers and pictures of an evaluation; nothing where there is none. */
export function evaluationSection(evaluation: Evaluation | undefined): Html | undefined {
  if (evaluation === undefined) return undefined;
  const { entries, pictures, damage } = evaluation;
  return html`<section>
    <h2>Evaluation</h2>
    ${damage === undefined ? undefined : html`<p>${damage}.</p>`} ${table(entries)}
    ${pictures.map(
      ({ name, png }) =>
        html`<p>${name}</p>
          <img alt="${name}" src="${pngUri(png)}" style="max-width:100%" />`,
    )}
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

import type { Evaluation, Headline } from './evaluation.js';
import { pngUri } from './frames.js';
import { html, type Html } from './html.js';
import { pairsTable, scrolling } from './table-part.js';

/** The numbers and pictures of an evaluation; nothing where there is none. */
export function evaluationSection(evaluation: Evaluation | undefined): Html | undefined {
  if (evaluation === undefined) return undefined;
  const { headlines, entries, pictures, damage } = evaluation;
  return html`<section>
    <h2>Evaluation</h2>
    ${damage && html`<p>${damage}.</p>`}
    ${headlines.length > 0 ? figuresTable(headlines) : undefined}
    <div class="pair">
      ${pictures.map(
        ({ name, png }) =>
          html`<figure>
            <figcaption>${TITLES[name] ?? name}</figcaption>
            <img class="confusion" alt="${TITLES[name] ?? name}" src="${pngUri(png)}" />
          </figure> `,
      )}
    </div>
    ${
      entries.length > 0
        ? html`<details>
            <summary>Everything in evaluation.json</summary>
            ${pairsTable(entries, 'evaluation.json')}
          </details>`
        : undefined
    }
  </section>`;
}

const TITLES: Readonly<Record<string, string>> = {
  'nearest.png': 'Generated images nearest to training images, which are below them',
  'confusion-tstr.png': 'Trained on generated images, tested on real ones',
  'confusion-baseline.png': 'Trained on real images, tested on real ones',
  'confusion-trts.png': 'Trained on real images, tested on generated ones',
};

function figuresTable(headlines: readonly Headline[]): Html {
  const table = html`<table>
    <thead>
      <tr>
        <th scope="col">figure</th>
        <th scope="col">generated</th>
        <th scope="col">real</th>
      </tr>
    </thead>
    <tbody>
      ${headlines.map(
        ({ what, value, real = '-' }) =>
          html`<tr>
            <th scope="row">${what}</th>
            <td>${value}</td>
            <td>${real}</td>
          </tr> `,
      )}
    </tbody>
  </table>`;
  return scrolling(table, 'Figures');
}

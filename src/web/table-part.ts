import { html, type Html } from './html.js';

/** What may be wider than the window, and is then moved by keys too. */
export const scrolling = (content: Html, name: string): Html =>
  html`<div class="scroll" role="region" tabindex="0" aria-label="${name}">${content}</div>`;

/** Two columns: what, and how much. */
export function pairsTable(
  entries: readonly (readonly [string, string | Html])[],
  name: string,
): Html {
  const rows = entries.map(
    ([what, value]) =>
      html`<tr>
        <th scope="row">${what}</th>
        <td>${value}</td>
      </tr> `,
  );
  return scrolling(
    html`<table>
      <tbody>
        ${rows}
      </tbody>
    </table>`,
    name,
  );
}

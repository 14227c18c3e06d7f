import type { Finding } from '../evaluation/verdict.js';
import { html, type Html } from './html.js';

/** Beside the colour, which not everybody sees. */
const SIGNS: Readonly<Record<Finding['kind'], string>> = {
  good: '✓',
  warning: '!',
  bad: '✕',
  unknown: '?',
};

/** What a run shows, in words: the first finding, what people ask first, large. */
export function verdictPart([first, ...others]: readonly Partial<Finding>[]): Html {
  return html`<section class="verdict" aria-label="Verdict">
    ${first && headline(first)} ${findingsList(others)}
  </section>`;
}

export const headline = (finding: Partial<Finding>): Html =>
  html`<p class="headline ${finding.kind}">${sign(finding)} <b>${finding.title}.</b></p>
    ${finding.text && html`<p class="faint">${finding.text}</p>`}`;

export const findingsList = (findings: readonly Partial<Finding>[]): Html | undefined =>
  findings.length === 0
    ? undefined
    : html`<ul class="findings">
        ${findings.map(findingItem)}
      </ul>`;

const findingItem = (finding: Partial<Finding>): Html =>
  html`<li class="${finding.kind}">
    ${sign(finding)} <b>${finding.title}.</b> <span class="faint">${finding.text}</span>
  </li> `;

/** A finding in one line. */
export const shortFinding = (finding: Pick<Finding, 'kind' | 'title'>): Html =>
  html`<span class="finding ${finding.kind}">${sign(finding)} ${finding.title}</span>`;

const sign = ({ kind = 'unknown' }: Partial<Finding>): Html =>
  html`<span class="sign" aria-hidden="true">${SIGNS[kind]}</span>`;

/** The style of every page: light or dark as the reader's system is, one column on a narrow window. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1c1c1c; --faint: #595959; --line: #d8d8d8; --box: #f5f5f5;
  --good: #00724f; --warning: #8a5a00; --bad: #b3261e; --unknown: #595959;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #16181b; --text: #e8e8e8; --faint: #a8a8a8; --line: #3a3d42; --box: #202327;
    --good: #4fc79a; --warning: #e5b04c; --bad: #ff8a80; --unknown: #a8a8a8;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem; max-width: 62rem;
  background: var(--page); color: var(--text); font: 16px/1.5 system-ui, sans-serif;
}
h1 { font-size: 1.6rem; margin: 0.5rem 0 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.5rem; }
p { margin: 0.4rem 0; }
.faint { color: var(--faint); }
.box { background: var(--box); border: 1px solid var(--line); border-radius: 8px; padding: 0.3rem 1rem 0.7rem; margin-top: 1.5rem; }
.finding { border-left: 4px solid var(--unknown); padding-left: 0.8rem; margin: 0.8rem 0; }
.finding b { color: var(--unknown); }
.finding.good { border-color: var(--good); } .finding.good b { color: var(--good); }
.finding.warning { border-color: var(--warning); } .finding.warning b { color: var(--warning); }
.finding.bad { border-color: var(--bad); } .finding.bad b { color: var(--bad); }
.chart { width: 100%; height: 460px; }
.chart.low { height: 320px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
th, td { text-align: left; font-weight: inherit; vertical-align: top; padding: 0.2rem 1.2rem 0.2rem 0; border-bottom: 1px solid var(--line); }
td { font-variant-numeric: tabular-nums; overflow-wrap: break-word; }
.numbers td { white-space: nowrap; }
img.digits { display: block; max-width: 100%; image-rendering: pixelated; }
/* Smaller than its pixels times a whole number, a grid would show some of them wider than others. */
@media (max-width: 500px) { img.digits { image-rendering: auto; } }
.samples { display: flex; flex-wrap: wrap; gap: 0 24px; }
.samples > * { max-width: 100%; }
tr:first-child th[scope=col] { color: var(--faint); }
.runs img.digits { image-rendering: auto; }
img.confusion { width: 466px; max-width: 100%; margin-top: 1rem; background: #ffffff; border-radius: 6px; }
details { margin-top: 1rem; }
summary { cursor: pointer; color: var(--faint); }
a { color: inherit; }
.slider { display: flex; gap: 0.8rem; align-items: center; max-width: 100%; margin: 0.6rem 0; }
.slider input { flex: 1; min-width: 0; }
.slider output { min-width: 5.5rem; text-align: right; font-variant-numeric: tabular-nums; }
button { font: inherit; padding: 0.1rem 0.8rem; color: var(--text); background: var(--box); border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.options { columns: 26rem; column-gap: 2.5rem; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); gap: 1.5rem; }
.runs h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.status { font-variant-numeric: tabular-nums; min-height: 1.5rem; }
`;

/** @file How pages on regions look, on top of the style of pages on training points. */

export const REGIONS_STYLE = `
.wide th.group{text-align:center;border-bottom:1px solid var(--line)}
.wide thead tr:first-child td{border-bottom:0}
.sheet{list-style:none;margin:.9rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(8.5rem,45%),1fr));gap:.9rem .8rem}
.sheet li{min-width:0;font-size:.8125rem;line-height:1.35;display:flex;flex-direction:column}
.sheet .pair{display:grid;grid-template-columns:1fr 1fr;gap:.2rem}
.sheet svg{display:block;width:100%;height:auto;aspect-ratio:1;border-radius:.25rem;background:var(--track)}
.sheet .input .pair{outline:3px solid var(--accent);outline-offset:2px;border-radius:.25rem}
.sheet .laid{position:relative}
.sheet .laid .heat{position:absolute;inset:0;width:100%;height:100%;object-fit:contain;opacity:.72;background:none}
.sheet b{font-weight:650;margin-top:.25rem;max-width:100%;overflow-wrap:anywhere}
.sheet .off{color:var(--warn)}
.sheet.small-sheet{grid-template-columns:repeat(auto-fill,minmax(5.6rem,1fr))}
.bounds{font-size:.875rem}
.bounds td{vertical-align:middle}
.bounds svg.likeness{width:2.6rem}
.bounds .who{display:flex;gap:.5rem;align-items:center}
.counts{list-style:none;margin:.6rem 0 0;padding:0;display:flex;flex-wrap:wrap;gap:.3rem 1.2rem;font-size:.875rem}
.group-card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1.1rem;margin-top:1rem;min-width:0}
.group-card h4{margin:0;font-size:1rem}
.group-card p{margin:.2rem 0}
.bar-row{display:grid;grid-template-columns:minmax(6rem,12rem) minmax(0,1fr) max-content;gap:.3rem .8rem;align-items:center;font-size:.875rem;margin-top:.8rem}
.bar-row>*{min-width:0;overflow-wrap:anywhere}
.bar-row svg{display:block;width:100%;height:.9rem}
.bar-row .own-part{fill:var(--c0)}.bar-row .other-part{fill:var(--c1)}.bar-row .no-part{fill:var(--track)}
.keys i.none{color:var(--base)}
@media print{.group-card,.sheet li{break-inside:avoid}}
`;

/** @file How pages on the classic pipeline look, on top of the style of pages on training points. */
export const FISHER_EVALUATE_STYLE = `
.beside{list-style:none;margin:.8rem 0 0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(min(25rem,100%),1fr));gap:1.4rem 1.6rem}
.beside .three{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:.35rem}
.beside .two{grid-template-columns:repeat(2,minmax(0,1fr))}
.beside figcaption{font-size:.75rem;line-height:1.3;color:var(--soft);margin-top:.2rem}
.cluster{display:grid;grid-template-columns:minmax(7rem,9rem) minmax(0,1fr);gap:.4rem 1.1rem;background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.9rem 1.1rem;margin-top:1rem}
.cluster.odd{border-left:.35rem solid var(--c1)}
.cluster h3{margin:0;grid-column:1/-1;font-size:1rem}
.cluster .means{display:grid;gap:.5rem;align-content:start}
.cluster .mean{image-rendering:pixelated}
.cluster p{margin:0 0 .5rem;font-size:.875rem}
.cluster .thumbs{grid-template-columns:repeat(auto-fill,minmax(6rem,9rem))}
.cluster figcaption{font-size:.75rem;color:var(--soft);overflow-wrap:anywhere}
@media (max-width:40rem){.cluster{grid-template-columns:minmax(0,1fr)}.cluster .means{grid-template-columns:repeat(2,minmax(0,9rem))}}
@media print{.cluster,.beside li{break-inside:avoid}}
`;

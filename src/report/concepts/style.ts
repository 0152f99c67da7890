/** @file How the sheet of concepts looks, on top of the style of pages on training points. */
export const CONCEPT_STYLE = `
article.concept{border-top:1px solid var(--line);padding-top:1rem;margin-top:1.75rem;display:grid;grid-template-columns:minmax(12rem,16rem) minmax(0,1fr);gap:.75rem 2rem;align-items:start}
@media (max-width:46rem){article.concept{grid-template-columns:minmax(0,1fr)}}
article.concept h3{margin:0;font-size:1.125rem}
article.concept .score{display:block;font-size:1.75rem;font-weight:600;line-height:1.2;margin-top:.3rem;font-variant-numeric:tabular-nums}
article.concept .score span{font-size:.875rem;font-weight:400;color:var(--soft)}
article.concept .tcav{display:block;width:100%;height:auto;margin:.4rem 0}
.tcav .track{fill:var(--track)}.tcav .bar{fill:var(--c0);stroke:none}.tcav .whisker{stroke:var(--ink);stroke-width:1.2}.tcav .random{stroke:var(--c1);stroke-width:1.6}
.weak .tcav .bar{fill:var(--soft)}
ul.examples{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(5rem,1fr));gap:.6rem}
ul.examples li{min-width:0}
ul.examples .likeness+.likeness{margin-top:.3rem}
`;

/** @file How pages on Fisher-vector pipelines look, on top of the style of pages on training points. Red speaks for, blue against, as in the maps. */
export const FISHER_STYLE = `
:root,:host{--for:#b2182b;--against:#2166ac}
@media (prefers-color-scheme:dark){:root,:host{--for:#ff8a80;--against:#7cc0ff}}
.signed .for{fill:var(--for);fill-opacity:.85}.signed .against{fill:var(--against);fill-opacity:.85}
.looks{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(16rem,100%),22rem));gap:1.25rem 1.25rem;margin-top:.9rem;align-items:start}
.looks .stage,.seen .stage{display:block;width:100%;height:auto;border-radius:.375rem;background:var(--track)}
.looks :is(h3,h4){margin:0 0 .4rem;font-size:1rem}
.stage .heat{opacity:.92}
.stage .area{fill:none;stroke-width:1.6;vector-effect:non-scaling-stroke;opacity:.9}
.stage .halo{fill:none;stroke:#fff;stroke-width:3.2;vector-effect:non-scaling-stroke;opacity:.55}
.stage .area.for{stroke:#c6112a}.stage .area.against{stroke:#1a5fb4}
.stage .area.on{stroke-width:4;fill:#fff;fill-opacity:.35;opacity:1}
.stage:has(.on) .area:not(.on),.stage:has(.on) .halo{opacity:.15}
.split{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(26rem,100%),1fr));gap:1.25rem 2.5rem;margin-top:1rem;align-items:start}
.split>div{min-width:0}
.split h4{margin:0 0 .2rem;font-size:.9375rem}
.split .plain{width:100%;min-width:0}
.plain .bar-cell{width:38%;min-width:6rem;vertical-align:middle}
.listed tbody tr:hover,.listed tbody tr:focus-within{background:var(--track)}
.value.for{color:var(--for)}.value.against{color:var(--against)}
.n .up{color:var(--for)}.n .down{color:var(--against)}
.yes{font-weight:650}
.asked th,.asked td{font-weight:650}
.keys i.for{color:var(--for)}.keys i.against{color:var(--against)}
@media print{.looks figure,.split>div{break-inside:avoid}}
`;

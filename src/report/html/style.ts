/** @file How a report looks: on a desk, on a phone, on paper, by day and by night. */

export const STYLE = `
:root{color-scheme:light dark;--paper:#faf9f7;--card:#fff;--ink:#1c1e22;--soft:#5b616b;--line:#dedad3;--track:#ebe8e2;--fill:#2166ac;--accent:#0a5aa0;--warn:#8a3b00;--warn-paper:#fff3e6}
@media (prefers-color-scheme:dark){:root{--paper:#131519;--card:#1b1e24;--ink:#ecebe8;--soft:#a6abb5;--line:#31353d;--track:#2b2f37;--fill:#6aaee6;--accent:#8cc4f5;--warn:#ffb877;--warn-paper:#33230f}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
header,main,footer{max-width:78rem;margin:0 auto;padding:0 clamp(1rem,3.5vw,2.5rem)}
header{padding-top:clamp(1.5rem,4vw,3rem);padding-bottom:.5rem}
footer{padding-bottom:3rem;color:var(--soft);font-size:.875rem}
h1,h2,h3{line-height:1.2;margin:0;text-wrap:balance;overflow-wrap:anywhere}
h1{font-size:clamp(1.6rem,5vw,2.5rem);letter-spacing:-.02em;font-weight:700}
h2{font-size:1.25rem;letter-spacing:-.01em}
h3{font-size:1rem}
p{margin:.4rem 0}
figure{margin:0;min-width:0}
a{color:var(--accent)}
code,pre{font:.875em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace}
.soft{color:var(--soft)}
.lead{color:var(--soft);margin:.5rem 0 0;overflow-wrap:anywhere}
section{margin:2.25rem 0}
section>h2{margin-bottom:.25rem}
article+article{border-top:1px solid var(--line);margin-top:3rem;padding-top:2rem}
.seen{display:grid;grid-template-columns:minmax(0,15rem) minmax(0,1fr);gap:1.25rem 2rem;align-items:start;margin-top:1.5rem}
.seen.blind{grid-template-columns:minmax(0,1fr)}
.picture,.map svg{display:block;width:100%;height:auto;border-radius:.375rem;background:var(--track)}
figcaption{margin-top:.4rem;font-size:.875rem;color:var(--soft);overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;color:var(--soft);font-size:.875rem;padding-bottom:.35rem;overflow-wrap:anywhere}
th,td{text-align:left;font-weight:inherit;padding:.3rem .75rem .3rem 0;vertical-align:baseline}
th:last-child,td:last-child{padding-right:0}
thead th,thead td{color:var(--soft);font-size:.8125rem;border-bottom:1px solid var(--line)}
tbody tr+tr>*{border-top:1px solid var(--line)}
.n{text-align:right;white-space:nowrap}
.n.wrap{white-space:normal}
.checks th[scope=row]{min-width:11rem}
.checks br+span{font-size:.8125rem}
td,th{overflow-wrap:anywhere}
.predictions tbody tr+tr>*{border-top:0}
.predictions .bar-cell{width:45%;min-width:4rem;vertical-align:middle}
.predictions svg{display:block;width:100%;height:.8rem}
.track{fill:var(--track)}
.fill{fill:var(--fill)}
.asked th{font-weight:650}
.controls{position:sticky;top:0;z-index:2;display:flex;flex-wrap:wrap;gap:.35rem 1.5rem;align-items:center;margin:1.75rem calc(-1*clamp(1rem,3.5vw,2.5rem)) 0;padding:.5rem clamp(1rem,3.5vw,2.5rem);background:var(--paper);border-block:1px solid var(--line);font-size:.875rem}
.controls[hidden],.slider[hidden]{display:none}
.slider{display:flex;align-items:center;gap:.6rem;flex:1 1 15rem;max-width:26rem}
.slider input{flex:1;min-width:6rem;accent-color:var(--accent);height:1.75rem}
.slider output{min-width:3.2em;text-align:right}
.choice{display:flex;flex-wrap:wrap;gap:.1rem 1rem;border:0;margin:0;padding:0;min-width:0}
.choice legend{float:left;padding:.2rem 1rem .2rem 0;color:var(--soft)}
.under-choice,.choice label{display:inline-flex;align-items:center;gap:.35rem;padding:.2rem 0;min-height:1.75rem}
.under-choice input,.choice input{accent-color:var(--accent);width:1.05rem;height:1.05rem;margin:0}
.grid{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(15rem,calc(50% - .5rem)),1fr));gap:1.25rem 1rem;margin-top:.9rem}
.grid.c1,.grid.c2{grid-template-columns:repeat(auto-fit,minmax(min(18rem,100%),24rem))}
@media (min-width:60rem){.grid.c3{grid-template-columns:repeat(3,minmax(0,20rem))}.grid.c4{grid-template-columns:repeat(4,minmax(0,1fr))}.grid.c5{grid-template-columns:repeat(5,minmax(0,1fr))}.grid.c6{grid-template-columns:repeat(6,minmax(0,1fr))}.grid.c7{grid-template-columns:repeat(auto-fill,minmax(11rem,1fr))}}
.map{min-width:0}
.map h3{margin-bottom:.4rem}
.heat{opacity:var(--heat)}
.bare .heat{opacity:1}
:has(#show-picture:not(:checked)) .under{visibility:hidden}
:has(#show-picture:not(:checked)) .heat{opacity:1}
.grainy .picture,.grainy image{image-rendering:pixelated}
.mark{fill:none;stroke:#fff;paint-order:stroke;vector-effect:non-scaling-stroke;stroke-width:2;visibility:hidden;filter:drop-shadow(0 0 1px #000) drop-shadow(0 0 1px #000)}
.mark.on{visibility:visible}
.probe{cursor:crosshair;border-radius:.375rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
.scale{display:block}
.scale svg{height:.6rem;border-radius:.2rem}
.ticks{display:flex;justify-content:space-between;font-size:.75rem;color:var(--soft);line-height:1.4;margin-top:.1rem}
.value{display:block;min-height:1.35em;font-size:.8125rem;color:var(--soft);line-height:1.35;margin-top:.15rem}
.place{display:block;font-size:.75rem;line-height:1.3;overflow-wrap:anywhere}
.value.live{color:var(--ink)}
.cards{display:grid;align-items:start;grid-template-columns:repeat(auto-fill,minmax(min(21rem,100%),1fr));gap:1rem;margin-top:.9rem}
.card{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.1rem;min-width:0}
.card p{font-size:.875rem}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:.15rem 1rem;margin:.6rem 0 0;font-size:.875rem}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
ul{margin:.5rem 0;padding-left:1.2rem;font-size:.9375rem}
.warning{background:var(--warn-paper);color:var(--warn);border-radius:.5rem;padding:.6rem 1rem;margin-top:1.25rem;overflow-wrap:anywhere}
.scroll{overflow:auto;max-width:100%}
details{margin-top:.75rem}
summary{cursor:pointer;padding:.3rem 0;font-size:.9375rem;overflow-wrap:anywhere}
.ledger{font-size:.8125rem}
.ledger .scroll{max-height:28rem}
.ledger table{font-size:inherit}
.ledger td,.ledger th{white-space:nowrap}
.ledger tfoot th,.ledger tfoot td{border-top:2px solid var(--line);font-weight:600}
.ledger thead th{position:sticky;top:0;background:var(--paper)}
pre{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;margin:.6rem 0 0;white-space:pre-wrap;overflow-wrap:anywhere;-webkit-user-select:all;user-select:all}
.defs{position:absolute;width:0;height:0}
@media (max-width:40rem){.slider input,.choice label,.under-choice{height:auto;min-height:2.75rem}.controls{flex-wrap:wrap;gap:0 1rem;padding-block:.25rem}.slider{flex:1 1 10rem}.choice{flex-wrap:nowrap;overflow-x:auto;flex-basis:100%}.choice legend{padding-right:.75rem}.choice label{white-space:nowrap}.seen{grid-template-columns:minmax(0,1fr)}.seen figure{max-width:15rem}.map h3{font-size:.9375rem}.predictions .bar-cell{width:30%}th,td{padding-right:.5rem}}
@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}
@media print{
:root{color-scheme:light;--paper:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--track:#e8e8e8;--fill:#2166ac;--accent:#000;--warn:#000;--warn-paper:#fff}
@page{margin:14mm}
body{font-size:10pt}
header,main,footer{max-width:none;padding-left:0;padding-right:0}
header{padding-top:0}
h1{font-size:20pt}
.controls,.value:empty{display:none}
section{margin:1.2rem 0}
.seen{grid-template-columns:11rem minmax(0,1fr)}
.grid{grid-template-columns:repeat(4,minmax(0,1fr));gap:.75rem}
.grid.c1,.grid.c2,.grid.c3,.grid.c5,.grid.c6{grid-template-columns:repeat(3,minmax(0,1fr))}
.map,.card,tr,.seen,pre{break-inside:avoid}
h2,h3,summary{break-after:avoid}
.ledger .scroll{max-height:none;overflow:visible}
.ledger td,.ledger th{white-space:normal}
.warning{border:1px solid #000}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`;

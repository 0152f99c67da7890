/** @file How a run's report looks, on top of the style that all reports share. */

export const RUN_STYLE = `
:root{--c0:#0a5aa0;--c1:#c2410c;--c2:#0f766e;--c3:#9333ea;--c4:#be185d;--c5:#4d7c0f;--base:#7a7f88;--best:33 102 172;--good:#146c43}
@media (prefers-color-scheme:dark){:root{--c0:#7cc0ff;--c1:#ff9a5c;--c2:#4fd1c5;--c3:#c9a2ff;--c4:#ff8ab5;--c5:#a5d65a;--base:#9aa0aa;--best:86 160 230;--good:#7ddba6}}
nav{margin-top:1.25rem;font-size:.875rem;display:flex;flex-wrap:wrap;gap:.25rem 1.1rem}
nav a{text-decoration:none}
nav a:hover{text-decoration:underline}
.verdict{background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--c0);border-radius:.5rem;padding:1.1rem 1.25rem;margin-top:1.5rem}
.verdict.bad{border-left-color:var(--c1)}
.verdict .headline{font-size:1.125rem;line-height:1.4;margin:.4rem 0 .6rem;max-width:60rem;overflow-wrap:anywhere}
.verdict ul{padding-left:1.1rem;margin:.5rem 0}
.verdict li{margin:.45rem 0;overflow-wrap:anywhere}
.fine{font-size:.8125rem;color:var(--soft);max-width:60rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.5rem,1fr));gap:.75rem;margin:.9rem 0 0}
.tile{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.65rem .9rem}
.tile b{display:block;font-size:1.5rem;line-height:1.2;font-weight:650;letter-spacing:-.01em}
.tile span{font-size:.8125rem;color:var(--soft)}
.not{display:block;font-size:.75rem;line-height:1.25;color:var(--soft);white-space:nowrap}
.overview,.ranking,.preset,.exclusions{font-size:.875rem;margin-top:.6rem}
.caption{font-size:.875rem;color:var(--soft);max-width:60rem;margin-top:1rem}
.way{width:.5rem;height:.625rem;margin-left:.2rem;overflow:visible}
.way path{fill:none;stroke:currentColor;stroke-width:1.3}
.warning+h3,ul+h3,.examples+h3{margin-top:1.25rem}
.verdict .line{display:block;font-size:.9375rem;line-height:1.4;margin-top:.1rem}
.overview td,.overview th,.ranking td,.ranking th,.preset td,.preset th{padding:.35rem .6rem;overflow-wrap:normal}
.overview th[scope=row],.ranking th[scope=row],.preset th[scope=row]{overflow-wrap:break-word;min-width:9.75rem;max-width:16rem}
.scroll+.scroll{margin-top:1.25rem}
.preset{width:auto;min-width:min(100%,46rem)}
.overview .not{white-space:normal}
.overview td.n,.preset td.n{vertical-align:top}
.overview th[scope=row],.preset th[scope=row]{vertical-align:top}
.overview tbody th,.preset tbody th,.overview thead th[data-sort=text],.preset thead th[data-sort=text]{position:sticky;left:0;background:var(--paper);z-index:1}
.overview thead tr:first-child td,.preset thead tr:first-child td{border-bottom:0}
th.group{border-bottom:0;color:var(--ink);font-weight:600;white-space:normal;padding-bottom:0}
.overview th.group,.preset th.group{border-left:1px solid var(--line)}
.ranking thead tr:first-child td,.ranking th.group{border-bottom:0;color:var(--soft);font-weight:inherit}
.ranking .rank{color:var(--soft)}
.ranking .spread{width:26%;min-width:10rem;padding-top:.1rem;padding-bottom:.1rem;vertical-align:middle}
.ranking thead .spread{vertical-align:bottom}
.ranking td{vertical-align:middle}
.ranking th[scope=row]{vertical-align:middle}
.s1{background:rgb(var(--best)/.05)}.s2{background:rgb(var(--best)/.12)}.s3{background:rgb(var(--best)/.2)}.s4{background:rgb(var(--best)/.3)}.s5{background:rgb(var(--best)/.42)}
.s4 .not,.s5 .not{color:var(--ink)}
.best{font-weight:700}
.best .not,.best .pm{font-weight:400}
.pm{color:var(--soft)}
.loses,.loses .not{color:var(--warn);font-weight:600}
.level,.unknown{color:var(--warn)}.level .not,.unknown .not{color:var(--warn)}
.baselines th,.baselines td{color:var(--soft)}
tbody.baselines .sub th{font-size:.8125rem;padding-top:.8rem;color:var(--soft);border-top:2px solid var(--line);position:static;max-width:none}
th button{font:inherit;color:inherit;background:none;border:0;padding:0;margin:0;cursor:pointer;text-align:inherit}
th button:hover{color:var(--accent);text-decoration:underline}
th button:focus-visible,nav a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
th[aria-sort]{color:var(--ink);font-weight:650}
th[aria-sort] button{text-decoration:underline 2px;text-underline-offset:.25em}
.strip{display:block;width:100%;height:1.6rem;overflow:visible}
.strip path{fill:none;vector-effect:non-scaling-stroke}
.strip .dots{stroke:var(--soft);stroke-width:2.6;stroke-linecap:round;opacity:.42}
.strip .box{stroke:var(--c0);stroke-width:1.1;fill:var(--c0);fill-opacity:.1}
.strip .median{stroke:var(--c0);stroke-width:2}
.strip .interval{stroke:var(--c1);stroke-width:3}
.strip .mean{stroke:var(--c1);stroke-width:7;stroke-linecap:round}
.strip .reference{stroke:var(--base);stroke-width:1;stroke-dasharray:3 3}
.baselines .box,.baselines .median{stroke:var(--base)}
.baselines .box{fill:var(--base)}
.key{display:inline-block;width:2.2rem;height:.8rem;vertical-align:-.1rem;margin-right:.15rem;overflow:visible}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(21rem,100%),1fr));gap:1rem 1.5rem;margin-top:.8rem}
.chart{margin:0;min-width:0;max-width:29rem}
.plot{display:block;width:100%;height:auto;margin-top:.3rem}
.plot text{font:11px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;fill:var(--soft)}
.plot .end{text-anchor:end}.plot .mid{text-anchor:middle}
.plot path{fill:none}
.plot .rule{stroke:var(--line);stroke-width:1}
.plot .axis{stroke:var(--soft);stroke-width:1}
.plot .line{stroke-width:1.9;stroke-linejoin:round}
.plot .leader{stroke-width:1;opacity:.6}
.plot .band{stroke:none;opacity:.16}
.plot .faint{stroke:var(--base);stroke-width:1;opacity:.35}
${[0, 1, 2, 3, 4, 5].map((i) => `.plot path.c${i}{stroke:var(--c${i})}.plot .band.c${i}{fill:var(--c${i});stroke:none}.plot text.c${i}{fill:var(--c${i})}`).join("")}
.plot path[class*=b-]{stroke:var(--base)}.plot .line[class*=b-]{stroke-width:1.6}
.plot text[class*=b-]{stroke:none;fill:var(--base)}
.plot .band[class*=b-]{fill:var(--base);stroke:none;opacity:.1}
.plot .line.b-random{stroke-dasharray:2 3}.plot .line.b-edges{stroke-dasharray:7 3}.plot .line.b-centre{stroke-dasharray:7 3 2 3}
.metric{border-top:1px solid var(--line);padding-top:1.25rem}
.metric h3{margin-top:1.3rem}
.metric>details>summary{color:var(--accent)}
h3+.examples{margin-top:.5rem}
.examples{display:grid;gap:1.25rem;margin-top:.9rem}
.example{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;min-width:0}
.example p{margin:0 0 .5rem;overflow-wrap:anywhere}
.thumbs{display:grid;grid-template-columns:repeat(auto-fill,minmax(6.5rem,1fr));gap:.6rem}
.thumbs figure{margin:0;min-width:0}
.thumbs img{display:block;width:100%;height:auto;border-radius:.25rem;background:var(--track)}
.thumbs figcaption{font-size:.75rem;line-height:1.25;margin-top:.2rem}
.failures{font-size:.875rem}
.failures code{white-space:nowrap}
@media (max-width:40rem){.ranking .spread{min-width:9rem}.overview td,.overview th,.ranking td,.ranking th,.preset td,.preset th{padding:.3rem .45rem}.overview th[scope=row],.ranking th[scope=row],.preset th[scope=row]{min-width:7.6rem;max-width:8.5rem;overflow-wrap:anywhere;font-size:.8125rem}.ranking tbody th{position:sticky;left:0;background:var(--paper);z-index:1}.verdict{padding:.9rem 1rem}.tiles{grid-template-columns:repeat(2,minmax(0,1fr))}.thumbs{grid-template-columns:repeat(auto-fill,minmax(5rem,1fr))}}
@media print{
:root{--c0:#0a5aa0;--c1:#c2410c;--c2:#0f766e;--c3:#9333ea;--c4:#be185d;--c5:#4d7c0f;--base:#7a7f88;--best:33 102 172}
nav{display:none}
.scroll{overflow:visible}
.overview,.ranking,.preset,.exclusions,.overview thead th,.ranking thead th,.preset thead th,.exclusions thead th,tbody.baselines .sub th{font-size:7.5pt}
.caption,.fine{font-size:8pt}
.overview td,.overview th,.ranking td,.ranking th,.preset td,.preset th{padding:.2rem .25rem}
.ranking td,.ranking th,.preset td,.preset th{padding:.2rem .15rem}
.overview thead th,.preset thead th{white-space:normal}
.ranking,.ranking thead th,.ranking tbody.baselines .sub th{font-size:7pt}
.preset{width:100%;min-width:0}
.preset .not{font-size:6pt}
.overview th[scope=row],.ranking th[scope=row],.preset th[scope=row]{position:static;min-width:0}
.ranking .spread{min-width:0;width:22%}
.not,.ticks{font-size:6.5pt;white-space:normal}
.chart,.example,.tile,.verdict{break-inside:avoid}
.charts{grid-template-columns:repeat(2,minmax(0,1fr))}
.metric{break-inside:auto}
details:not([open]){display:none}
thead{display:table-header-group}
}
`;

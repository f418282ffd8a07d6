// The look of the network picture: theme variables of the page, blue for positive, orange for negative.

export const STYLE = `
:host { display: block }
.by-hand-root { --pos: #0877bd; --neg: #f59322; --lit: #0877bd1f; --warm: #ffd54f;
  font-family: var(--st-font); color: var(--st-text-color) }
.by-hand-root.dark { color-scheme: dark; --pos: #4aa8e8; --neg: #f9a94b; --lit: #4aa8e833; --warm: #b8860b }
.frame { border: 1px solid var(--st-border-color); border-radius: 12px; outline: none;
  background: var(--st-background-color); padding: .5rem .75rem .25rem }
.frame:focus-visible { border-color: var(--st-primary-color); box-shadow: 0 0 0 1px var(--st-primary-color) }
.head { display: flex; align-items: baseline; gap: .75rem; min-height: 2rem; flex-wrap: wrap }
.title { font-size: 1.25rem; font-weight: 600 }
.phase { font-size: .8rem; font-weight: 600; letter-spacing: .04em; padding: .1rem .55rem; border-radius: 999px;
  background: var(--st-secondary-background-color) }
.phase::first-letter { text-transform: uppercase }
.phase.forward { color: var(--pos) }
.phase.backward, .phase.loss { color: var(--neg) }
.by-hand-root:not(.dark) .phase.backward, .by-hand-root:not(.dark) .phase.loss { color: #a85b00 }
svg { display: block; width: 100%; max-height: 74vh; user-select: none }
.large svg { max-height: max(22rem, calc(100vh - 25rem)) }
text { fill: var(--st-text-color); text-anchor: middle; dominant-baseline: central; font-variant-numeric: tabular-nums;
  pointer-events: none }
g[role=button] { cursor: pointer; outline: none }
.line { fill: none; stroke: #8a94a0; opacity: .42; stroke-linecap: round; transition: opacity .12s }
.positive .line { stroke: var(--pos) }
.negative .line { stroke: var(--neg); stroke-dasharray: 9 7 }
.target .line { stroke-dasharray: 2 6; stroke: var(--st-text-color) }
.edge.on .line { opacity: 1 }
.edge.focus .line { filter: drop-shadow(0 0 4px var(--warm)) }
.edge.selected .line, .edge:hover .line, .edge:focus-visible .line { opacity: 1; stroke-width: 8 }
.touch { stroke: transparent; stroke-width: 18; fill: none }
.label { pointer-events: none }
.label text { opacity: .8 }
.label .plate { fill: var(--st-background-color); opacity: .86 }
.label.on text { opacity: 1 }
.label.on .plate { opacity: 1 }
.label.focus .plate { stroke: var(--warm); stroke-width: 2 }
.label text.grad { font-style: italic }
.box { fill: var(--st-secondary-background-color) }
.rim { fill: none; stroke: #8a94a0; stroke-width: 2 }
.bias .rim, .bias .box { stroke-dasharray: 4 4 }
.node.on .rim { stroke: var(--st-text-color); stroke-width: 3 }
.node.selected .rim { stroke: var(--st-primary-color); stroke-width: 5 }
.node:focus-visible .rim { stroke: var(--st-primary-color); stroke-width: 5 }
.node:hover .rim { stroke: var(--st-primary-color) }
.cell.feed { fill: var(--lit) }
.cell.focus { fill: var(--warm); opacity: .55 }
.split { stroke: #8a94a0; opacity: .5 }
.name { font-size: 19px; opacity: .8 }
.value { font-size: 29px; font-weight: 600 }
.value.size2 { font-size: 25px }
.value.size3 { font-size: 21px }
.value.size4 { font-size: 18px }
.bias .value { font-size: 23px; opacity: .8 }
.label .value { font-size: 20px; font-weight: 400 }
.label .grad { font-size: 18px }
.label.on .value, .label.on .grad { font-size: 23px; font-weight: 700 }
.late { opacity: .3; font-weight: 400 }
.grad { font-size: 20px; font-style: italic }
.grad.long { font-size: 15px }
.grad.focus, .value.focus { font-weight: 800 }
.hatch { stroke: #8a94a0; stroke-width: 3; opacity: .55 }
.hatched { display: none }
.dead .hatched { display: inline }
.dead .rim { stroke-dasharray: 7 6 }
.dead .value { opacity: .6 }
.deadmark { font-size: 17px; font-weight: 700; opacity: .8 }
.narrow .value { font-size: 15px }
.narrow .name, .narrow .grad { font-size: 13px }
.narrow .loss .value { font-size: 20px }
.narrow .deadmark { font-size: 13px }
.narrow .label .value, .narrow .label .grad, .narrow .label.on .value, .narrow .label.on .grad { font-size: 15px }
.bar { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem .9rem; margin-top: .6rem }
.group { display: flex; align-items: center; gap: .35rem }
.bar input[type=range] { flex: 1 1 100%; width: 100%; margin: 0; accent-color: var(--st-primary-color) }
.count { font-size: 1.1rem; font-weight: 600; font-variant-numeric: tabular-nums; min-width: 4.6rem; text-align: center }
button.tool, select { font: inherit; color: inherit; background: var(--st-background-color);
  border: 1px solid var(--st-border-color); border-radius: 8px; height: 40px; cursor: pointer }
button.tool { width: 42px; display: grid; place-items: center; padding: 0 }
button.tool.main { width: 58px; background: var(--st-primary-color); color: #fff; border-color: transparent }
select { padding: 0 .3rem; font-size: .875rem; max-width: 9.6rem; min-width: 0 }
.choices { margin-left: auto }
button:hover:not(:disabled), select:hover { border-color: var(--st-primary-color) }
button:focus-visible, select:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px }
button:disabled { opacity: .35; cursor: default }
.icon { font: normal 24px/1 "Material Symbols Rounded"; font-feature-settings: "liga"; white-space: nowrap;
  overflow: hidden; width: 24px }
[hidden] { display: none !important }
@media (prefers-reduced-motion: reduce) { .line { transition: none } }
@media (max-width: 640px) { .choices { width: 100% } .choices select { flex: 1; max-width: none } .title { font-size: 1.05rem } }
`

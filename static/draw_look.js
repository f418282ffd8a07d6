// How the live pad looks: its style sheet, its smallest pieces, and the ink on its paper.

export const SIDE = 280
export const CELL = SIDE / 28

export const STYLE = `
:host { display: block }
* { box-sizing: border-box }
.draw { display: grid; grid-template-columns: minmax(0, 360px) minmax(0, 1fr); gap: 1rem 2.5rem;
  font-family: var(--st-font); color: var(--st-text-color); container-type: normal }
.paper { position: relative; aspect-ratio: 1; border: 1px solid var(--st-border-color);
  border-radius: 12px; background: var(--st-secondary-background-color); overflow: hidden }
.paper:focus-within { border-color: var(--st-primary-color) }
canvas { position: absolute; inset: 0; width: 100%; height: 100%; touch-action: none; cursor: crosshair;
  outline: none; display: block }
.hint { position: absolute; inset: 0; display: grid; place-content: center; text-align: center; gap: .25rem;
  pointer-events: none; opacity: .6; padding: 1rem }
.hint b { font-size: 1.15rem; font-weight: 600 }
.hint[hidden] { display: none }
.tools { display: flex; align-items: center; gap: .35rem; margin-top: .5rem }
.tools label { display: flex; align-items: center; gap: .5rem; flex: 1; min-width: 0; font-size: .875rem }
.tools input { flex: 1; min-width: 40px; accent-color: var(--st-primary-color) }
.dot { width: 30px; height: 30px; display: grid; place-items: center; flex: none }
.dot i { display: block; border-radius: 50%; background: currentColor }
button { font: inherit; color: inherit; background: none; border: 1px solid var(--st-border-color);
  border-radius: 8px; min-width: 40px; height: 40px; padding: 0 .4rem; cursor: pointer; display: grid;
  place-items: center }
button:hover:not(:disabled), button[aria-pressed=true] { border-color: var(--st-primary-color);
  color: var(--st-primary-color) }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 1px }
button:disabled { opacity: .35; cursor: default }
.icon { font: normal 22px/1 "Material Symbols Rounded"; font-feature-settings: "liga"; white-space: nowrap;
  overflow: hidden; width: 22px }
.keys { font-size: .8rem; opacity: .75; margin: .5rem 0 0; line-height: 1.4 }
.keys[hidden] { display: none }
.answers { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 2rem }
.answer { display: grid; grid-template-columns: 10.5rem minmax(0, 1fr); grid-template-rows: auto 1fr;
  gap: .4rem 1.5rem; min-width: 0; align-content: start }
.two .answer { grid-template-columns: 7.5rem minmax(0, 1fr); gap: .4rem 1rem }
.model { grid-column: 1 / -1; font-size: .875rem; opacity: .75; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; min-height: 1.2em }
.verdict { display: flex; flex-direction: column; gap: .15rem }
.best { font-size: 8rem; line-height: .95; font-weight: 600; color: var(--pos); height: 8rem;
  font-variant-numeric: tabular-nums }
.two .best { font-size: 6rem; height: 6rem }
.sure { font-size: 1.25rem; font-weight: 600; min-height: 1.5em }
.says { font-size: .875rem; line-height: 1.35; opacity: .8; min-height: 4.2em }
.unsure .best { color: var(--st-text-color); opacity: .45 }
.bars { display: grid; grid-template-rows: repeat(10, minmax(1.6rem, 1fr)); gap: .3rem; align-content: stretch }
.row { display: grid; grid-template-columns: 1rem minmax(0, 1fr) 3.6rem; gap: .6rem; align-items: center;
  font-size: .95rem; font-variant-numeric: tabular-nums }
.track { height: 100%; max-height: 1.5rem; border-radius: 4px; overflow: hidden;
  background: var(--st-secondary-background-color) }
.bar { width: 100%; height: 100%; background: var(--quiet); transform-origin: 0 100%;
  transform: scale(var(--p, 0), 1); transition: transform 90ms ease-out; border-radius: inherit }
.top { font-weight: 700 }
.top .bar { background: var(--pos) }
.unsure .bar { background: var(--quiet); opacity: .55 }
.value { text-align: right; opacity: .85 }
.foot { grid-column: 1 / -1; font-size: .8rem; opacity: .65; min-height: 1.3em; margin: 0 }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.draw { --pos: #0877bd; --quiet: #9aa5b1 }
.draw.dark { --pos: #4aa8e8; --quiet: #66717d }
@media (prefers-reduced-motion: reduce) { .bar { transition: none } }
.narrow.draw { grid-template-columns: minmax(0, 1fr); gap: .75rem }
.narrow .left { width: 100%; max-width: 336px; margin: 0 auto }
.narrow .answers { grid-auto-flow: row; gap: 1rem }
.narrow .answer, .narrow.two .answer { grid-template-columns: 5.2rem minmax(0, 1fr); gap: .2rem .75rem }
.narrow .best, .narrow.two .best { font-size: 4.4rem; height: 4.2rem }
.narrow .verdict { display: contents }
.narrow .best { grid-column: 1; grid-row: 2; text-align: center }
.narrow .sure { grid-column: 1; grid-row: 3; font-size: 1rem; text-align: center }
.narrow .says { grid-column: 2; grid-row: 3; min-height: 1.4em }
.narrow .sure { min-height: 1.4em }
.narrow .bars { grid-column: 2; grid-row: 2; grid-template-rows: none;
  grid-template-columns: repeat(10, minmax(0, 1fr)); gap: .2rem; height: 5.2rem }
.narrow .row { grid-template-columns: none; grid-template-rows: minmax(0, 1fr) auto; gap: .15rem;
  justify-items: stretch; text-align: center; font-size: .8rem }
.narrow .row .track { grid-row: 1; max-height: none }
.narrow .row .value { display: none }
.narrow .bar { transform: scale(1, var(--p, 0)) }
`

export const make = (tag, name, text) => {
  const element = document.createElement(tag)
  if (name) element.className = name
  if (text) element.textContent = text
  return element
}

export function tool(icon, title) {
  const button = make("button")
  button.type = "button"
  button.title = title
  button.setAttribute("aria-label", title)
  const glyph = make("span", "icon", icon)
  glyph.setAttribute("aria-hidden", "true")
  button.append(glyph)
  return button
}

export function paint(pad) {
  const { canvas } = pad
  const side = Math.max(1, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)))
  if (canvas.width !== side) canvas.width = canvas.height = side
  const pen = canvas.getContext("2d")
  const style = getComputedStyle(pad.draw)
  pen.setTransform(side / SIDE, 0, 0, side / SIDE, 0, 0)
  pen.clearRect(0, 0, SIDE, SIDE)
  if (pad.keys) {
    pen.strokeStyle = style.getPropertyValue("--quiet")
    pen.globalAlpha = 0.35
    pen.lineWidth = 0.5
    pen.beginPath()
    for (let at = CELL; at < SIDE; at += CELL) {
      pen.moveTo(at, 0); pen.lineTo(at, SIDE); pen.moveTo(0, at); pen.lineTo(SIDE, at)
    }
    pen.stroke()
    pen.globalAlpha = 1
  }
  if (pad.picture?.complete) {
    pen.drawImage(pad.picture, 0, 0, SIDE, SIDE)
    pen.globalCompositeOperation = "source-in"
    pen.fillStyle = style.color
    pen.fillRect(0, 0, SIDE, SIDE)
    pen.globalCompositeOperation = "source-over"
  }
  pen.lineCap = pen.lineJoin = "round"
  pen.lineWidth = pad.brush
  pen.strokeStyle = style.color
  for (const stroke of pad.strokes) {
    pen.beginPath()
    pen.moveTo(...stroke[0])
    if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.01, stroke[0][1])
    for (const point of stroke) pen.lineTo(...point)
    pen.stroke()
  }
  if (pad.keys) {
    const [x, y] = pad.cell.map(c => c * CELL)
    pen.lineWidth = 2
    pen.strokeStyle = "#f59322"
    pen.strokeRect(x, y, CELL, CELL)
    if (pad.pen === "keys") { pen.fillStyle = "#f59322"; pen.fillRect(x, y, CELL, CELL) }
  }
}

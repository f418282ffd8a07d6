// The live pad: strokes by mouse, finger, pen or arrow keys, and the answers beside it.
// Everything is measured on a square of 280 x 280; the server decides what the strokes mean.

const SIDE = 280
const CELL = SIDE / 28
const THROTTLE_MS = 80
const OVERDUE_MS = 400
const REST_MS = 250
const MOST_POINTS = 6000

const STYLE = `
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

const make = (tag, name, text) => {
  const element = document.createElement(tag)
  if (name) element.className = name
  if (text) element.textContent = text
  return element
}

function tool(icon, title) {
  const button = make("button")
  button.type = "button"
  button.title = title
  button.setAttribute("aria-label", title)
  const glyph = make("span", "icon", icon)
  glyph.setAttribute("aria-hidden", "true")
  button.append(glyph)
  return button
}

function answerPanel(index) {
  const panel = make("section", "answer")
  panel.dataset.testid = `answer-${index}`
  const part = { panel, model: make("div", "model"), best: make("div", "best"), sure: make("div", "sure") }
  part.says = make("div", "says")
  part.bars = make("div", "bars")
  const verdict = make("div", "verdict")
  verdict.append(part.best, part.sure, part.says)
  part.rows = Array.from({ length: 10 }, (_, digit) => {
    const row = make("div", "row")
    row.setAttribute("role", "meter")
    row.setAttribute("aria-label", `Probability of ${digit}`)
    row.setAttribute("aria-valuemin", "0")
    row.setAttribute("aria-valuemax", "1")
    const track = make("div", "track")
    track.append(make("div", "bar"))
    row.append(make("span", "digit", String(digit)), track, make("span", "value"))
    part.bars.append(row)
    return row
  })
  panel.append(part.model, verdict, part.bars)
  return part
}

function build(root) {
  const pad = { strokes: [], past: [], future: [], brush: 20, seq: 0, sheet: -1, life: 0, picture: null, pen: null, keys: false,
    cell: [13, 13], sentAt: 0, liftedAt: 0, rested: 0, timer: 0, panels: [] }
  pad.root = root
  root.append(make("style", "", STYLE))
  pad.draw = make("div", "draw")
  pad.draw.dataset.testid = "pad"
  const left = make("div", "left")
  const paper = make("div", "paper")
  pad.canvas = make("canvas")
  pad.canvas.tabIndex = 0
  pad.canvas.setAttribute("role", "application")
  pad.canvas.setAttribute("aria-label", "Drawing pad. Arrow keys move the pen over a grid of 28 by 28, "
    + "space puts it down and lifts it, backspace undoes, delete clears.")
  pad.hint = make("div", "hint")
  pad.hint.append(make("b", "", "Draw a digit here"), make("span", "", "mouse, finger or pen"))
  paper.append(pad.canvas, pad.hint)
  pad.dot = make("i")
  const dot = make("span", "dot")
  dot.append(pad.dot)
  pad.size = make("input")
  Object.assign(pad.size, { type: "range", min: 8, max: 32, step: 1, value: 20, title: "Brush size" })
  pad.size.setAttribute("aria-label", "Brush size, in 280ths of the pad")
  const label = make("label")
  label.append(dot, pad.size)
  pad.undo = tool("undo", "Undo")
  pad.redo = tool("redo", "Redo")
  pad.clear = tool("delete", "Clear")
  pad.keyboard = tool("keyboard", "Draw with the keyboard")
  const tools = make("div", "tools")
  tools.append(label, pad.undo, pad.redo, pad.clear, pad.keyboard)
  pad.help = make("p", "keys", "Arrow keys move over the 28 x 28 grid (with shift: four cells). "
    + "Space puts the pen down and lifts it. Backspace undoes, delete clears.")
  pad.help.hidden = true
  left.append(paper, tools, pad.help)
  const right = make("div", "right")
  pad.answers = make("div", "answers")
  pad.foot = make("p", "foot")
  pad.said = make("div", "said")
  pad.said.setAttribute("aria-live", "polite")
  right.append(pad.answers, pad.foot, pad.said)
  pad.draw.append(left, right)
  root.append(pad.draw)
  return pad
}

function paint(pad) {
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

function refresh(pad) {
  cancelAnimationFrame(pad.frame)
  pad.frame = requestAnimationFrame(() => paint(pad))
  pad.hint.hidden = pad.strokes.length > 0 || pad.picture !== null || pad.keys
  pad.undo.disabled = pad.past.length === 0
  pad.redo.disabled = pad.future.length === 0
  pad.clear.disabled = pad.strokes.length === 0 && pad.picture === null
  const shown = (pad.brush / SIDE) * (pad.canvas.clientWidth || SIDE)
  pad.dot.style.width = pad.dot.style.height = `${Math.min(30, shown)}px`
}

function send(pad, settled) {
  clearTimeout(pad.timer)
  pad.timer = 0
  if (!settled) {
    const since = performance.now() - pad.sentAt
    const busy = pad.answered !== pad.seq && since < OVERDUE_MS
    if (since < THROTTLE_MS || busy) {
      pad.timer = setTimeout(() => send(pad, pad.pen === null), busy ? 20 : THROTTLE_MS - since)
      return
    }
  }
  pad.sentAt = performance.now()
  pad.seq += 1
  const { sheet, life, seq, brush, strokes } = pad
  const narrow = pad.draw.classList.contains("narrow")
  pad.emit("ink", { sheet, life, seq, settled, brush, strokes, narrow })
  clearTimeout(pad.rest)
}

function remember(pad) {
  pad.past.push(pad.strokes)
  pad.future = []
  pad.strokes = pad.strokes.slice()
}

function begin(pad, point) {
  clearTimeout(pad.rest)
  remember(pad)
  pad.picture = null
  pad.strokes.push([point])
  refresh(pad)
  send(pad, false)
}

function extend(pad, point) {
  const last = pad.strokes.length - 1
  const stroke = pad.strokes[last]
  const [x, y] = stroke[stroke.length - 1]
  if (Math.hypot(point[0] - x, point[1] - y) < 1) return
  if (pad.strokes.reduce((sum, each) => sum + each.length, 0) >= MOST_POINTS) return
  stroke.push(point)
  refresh(pad)
  send(pad, false)
}

function lift(pad) {
  if (pad.pen === null) return
  pad.pen = null
  pad.liftedAt = performance.now()
  refresh(pad)
  send(pad, true)
}

function step(pad, from, to) {
  if (from.length === 0) return
  pad.pen = null
  to.push(pad.strokes)
  pad.strokes = from.pop()
  refresh(pad)
  send(pad, true)
}

function wipe(pad) {
  if (pad.strokes.length === 0 && pad.picture === null) return
  pad.pen = null
  remember(pad)
  pad.strokes = []
  pad.picture = null
  pad.life += 1
  pad.liftedAt = 0
  refresh(pad)
  send(pad, true)
}

const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }
const centre = cell => cell.map(c => (c + 0.5) * CELL)

function press(pad, event) {
  const move = MOVES[event.key]
  if (event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key.toLowerCase() !== "z") return
    event.shiftKey ? step(pad, pad.future, pad.past) : step(pad, pad.past, pad.future)
  } else if (move) {
    const cells = event.shiftKey ? 4 : 1
    pad.keys = true
    for (let n = 0; n < cells; n += 1) {
      pad.cell = pad.cell.map((at, axis) => Math.min(27, Math.max(0, at + move[axis])))
      if (pad.pen === "keys") extend(pad, centre(pad.cell))
    }
    refresh(pad)
  } else if (event.key === " ") {
    pad.keys = true
    if (pad.pen === "keys") lift(pad)
    else { pad.pen = "keys"; begin(pad, centre(pad.cell)) }
  } else if (event.key === "Escape") lift(pad)
  else if (event.key === "Backspace") step(pad, pad.past, pad.future)
  else if (event.key === "Delete") wipe(pad)
  else return
  event.preventDefault()
  event.stopPropagation()
  pad.help.hidden = !pad.keys
}

function listen(pad) {
  const { canvas } = pad
  const place = event => {
    const box = canvas.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top].map(
      d => Math.round(Math.min(1, Math.max(0, d / box.width)) * SIDE * 10) / 10)
  }
  canvas.onpointerdown = event => {
    if (event.button !== 0 || (pad.pen !== null && pad.pen !== "keys")) return
    if (pad.pen === "keys") lift(pad)
    canvas.setPointerCapture(event.pointerId)
    pad.pen = event.pointerId
    pad.keys = false
    pad.help.hidden = true
    begin(pad, place(event))
  }
  canvas.onpointermove = event => {
    if (pad.pen !== event.pointerId) return
    const passed = event.getCoalescedEvents ? event.getCoalescedEvents() : []
    for (const each of passed.length ? passed : [event]) extend(pad, place(each))
  }
  canvas.onpointerup = event => { if (pad.pen === event.pointerId) lift(pad) }
  canvas.onpointercancel = canvas.onlostpointercapture = canvas.onpointerup
  canvas.onkeydown = event => press(pad, event)
  canvas.onblur = () => { if (pad.pen === "keys") lift(pad) }
  pad.undo.onclick = () => step(pad, pad.past, pad.future)
  pad.redo.onclick = () => step(pad, pad.future, pad.past)
  pad.clear.onclick = () => wipe(pad)
  pad.keyboard.onclick = () => {
    pad.keys = !pad.keys
    pad.help.hidden = !pad.keys
    pad.keyboard.setAttribute("aria-pressed", String(pad.keys))
    if (pad.keys) canvas.focus()
    refresh(pad)
  }
  pad.size.oninput = () => { pad.brush = Number(pad.size.value); refresh(pad); if (pad.strokes.length) send(pad, false) }
  pad.size.onchange = () => { if (pad.strokes.length) send(pad, true) }
  pad.watch = new ResizeObserver(() => {
    pad.draw.classList.toggle("narrow", pad.root.clientWidth < 640)
    refresh(pad)
  })
  pad.watch.observe(pad.root)
}

const percent = p => (p >= 0.9995 ? "100 %" : `${(100 * p).toFixed(1)} %`)

function show(pad, answers) {
  while (pad.panels.length < answers.length) {
    const panel = answerPanel(pad.panels.length)
    pad.panels.push(panel)
    pad.answers.append(panel.panel)
  }
  while (pad.panels.length > answers.length) pad.panels.pop().panel.remove()
  pad.draw.classList.toggle("two", answers.length > 1)
  answers.forEach((answer, index) => {
    const part = pad.panels[index]
    const known = Array.isArray(answer.probabilities)
    part.model.textContent = answer.model
    part.model.title = answer.model
    part.best.textContent = known ? (answer.is_digit ? String(answer.digit) : "?") : ""
    part.sure.textContent = known && answer.is_digit ? percent(answer.probabilities[answer.digit]) : ""
    part.says.textContent = answer.says
    part.panel.classList.toggle("unsure", !known || !answer.is_digit)
    part.panel.dataset.digit = known && answer.is_digit ? String(answer.digit) : ""
    part.rows.forEach((row, digit) => {
      const p = known ? answer.probabilities[digit] : 0
      row.style.setProperty("--p", p.toFixed(4))
      row.setAttribute("aria-valuenow", p.toFixed(4))
      row.classList.toggle("top", known && answer.is_digit && digit === answer.digit)
      row.lastChild.textContent = known ? percent(p) : ""
    })
  })
}

export function render({ data, parentElement, setStateValue, setTriggerValue }) {
  const root = parentElement.querySelector(".pad-root")
  if (!root) return
  if (!root.pad) {
    root.pad = build(root)
    listen(root.pad)
  }
  const pad = root.pad
  pad.emit = setStateValue
  pad.report = setTriggerValue
  if (data.sheet !== pad.sheet && data.strokes) {
    Object.assign(pad, { sheet: data.sheet, strokes: data.strokes, brush: data.brush, past: [], future: [],
      pen: null, seq: Math.max(pad.seq, data.seq), life: 0, picture: null,
      liftedAt: 0, rested: Math.max(pad.seq, data.seq) })
    pad.foot.textContent = ""
    pad.size.value = String(data.brush)
    if (data.picture) {
      pad.picture = new Image()
      pad.picture.onload = () => refresh(pad)
      pad.picture.src = data.picture
    }
  }
  const light = getComputedStyle(pad.draw).getPropertyValue("color").match(/\d+/g)
  pad.draw.classList.toggle("dark", light && Number(light[0]) + Number(light[1]) + Number(light[2]) > 380)
  pad.answered = data.seq
  show(pad, data.answers)
  refresh(pad)
  pad.draw.dataset.seq = String(data.seq)
  const upToDate = data.settled && data.seq === pad.seq
  if (upToDate && pad.pen === null && pad.rested !== pad.seq) {
    // What takes longer than an answer waits until the answer is there and the hand rests.
    pad.rested = pad.seq
    pad.rest = setTimeout(() => pad.report("rested", pad.rested), REST_MS)
  }
  if (upToDate) pad.draw.dataset.settled = String(data.seq)
  if (upToDate && pad.liftedAt) {
    const from = pad.liftedAt
    pad.liftedAt = 0
    requestAnimationFrame(() => {
      pad.draw.dataset.latencyMs = (performance.now() - from).toFixed(1)
      pad.foot.textContent = `Answered ${Math.round(performance.now() - from)} ms after the pen was lifted.`
    })
    pad.said.textContent = data.answers.map(a => `${a.model}: ${a.says}`).join(" ")
  }
  if (pad.strokes.length === 0) pad.foot.textContent = ""
}

export function forget(root) {
  if (!root?.pad) return
  root.pad.watch.disconnect()
  clearTimeout(root.pad.timer)
  clearTimeout(root.pad.rest)
}

// The live pad: strokes by mouse, finger, pen or arrow keys, and the answers beside it.
// Everything is measured on a square of 280 x 280; the server decides what the strokes mean.

const version = new URL(import.meta.url).search
const [{ make }, { entitle, tool }, strokesModule, { paint }, { show }] = await Promise.all(
  ["../kit/dom.js", "../kit/look.js", "./strokes.js", "./paint.js", "./answers.js"].map(path => import(path + version)))
const { SIDE, centre, lengthens, neighbour, placed, readKept, waitMs } = strokesModule

const REST_MS = 250
const KEPT = "layerlab-drawing"

function build(root) {
  const pad = { strokes: [], past: [], future: [], brush: 20, seq: 0, sheet: -1, life: 0, picture: null,
    pen: null, keys: false, cell: [13, 13], sentAt: 0, liftedAt: 0, rested: 0, timer: 0, panels: [] }
  pad.root = root
  pad.draw = make("div", "draw")
  pad.draw.dataset.testid = "pad"
  const left = make("div", "left")
  const paper = make("div", "paper")
  pad.canvas = make("canvas")
  pad.canvas.tabIndex = 0
  pad.canvas.setAttribute("role", "application")
  pad.hint = make("div", "hint")
  pad.hint.append(make("b"), make("span"))
  paper.append(pad.canvas, pad.hint)
  pad.dot = make("i")
  const dot = make("span", "dot")
  dot.append(pad.dot)
  pad.size = make("input")
  Object.assign(pad.size, { type: "range", min: 8, max: 32, step: 1, value: 20 })
  const label = make("label")
  label.append(dot, pad.size)
  pad.undo = tool("undo")
  pad.redo = tool("redo")
  pad.clear = tool("delete")
  pad.keyboard = tool("keyboard")
  const tools = make("div", "tools")
  tools.append(label, pad.undo, pad.redo, pad.clear, pad.keyboard)
  pad.help = make("p", "keys")
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

// The words of the pad in the reader's language, which may change while it stands.
function speak(pad, texts) {
  pad.texts = texts
  pad.canvas.setAttribute("aria-label", texts.canvas)
  pad.hint.firstChild.textContent = texts.here
  pad.hint.lastChild.textContent = texts.with
  pad.size.title = texts.brush
  pad.size.setAttribute("aria-label", texts.brush_unit)
  pad.help.textContent = texts.keys
  for (const name of ["undo", "redo", "clear", "keyboard"]) entitle(pad[name], texts[name])
}

function refresh(pad) {
  cancelAnimationFrame(pad.frame)
  pad.frame = requestAnimationFrame(() => paint(pad))
  pad.hint.hidden = pad.strokes.length > 0 || pad.picture !== null || pad.keys
  pad.help.hidden = !pad.keys
  pad.keyboard.setAttribute("aria-pressed", String(pad.keys))
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
    const wait = waitMs(performance.now() - pad.sentAt, pad.answered === pad.seq)
    if (wait > 0) {
      pad.timer = setTimeout(() => send(pad, pad.pen === null), wait)
      return
    }
  }
  pad.sentAt = performance.now()
  pad.seq += 1
  pad.draw.dataset.sent = String(pad.seq)
  const { sheet, life, seq, brush, strokes, key } = pad
  pad.emit("ink", { sheet, life, seq, settled, brush, strokes, key, picture: pad.picture !== null })
  clearTimeout(pad.rest)
}

// The server keeps the sheet's one picture too: it is told only whether the picture is on the pad.
const content = ({ strokes, picture }) => ({ strokes, picture })

function remember(pad) {
  pad.past.push(content(pad))
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
  if (!lengthens(pad.strokes, point)) return
  pad.strokes.at(-1).push(point)
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
  to.push(content(pad))
  Object.assign(pad, from.pop())
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

function press(pad, event) {
  const move = MOVES[event.key]
  if (event.ctrlKey || event.metaKey || event.altKey) {
    if (event.key.toLowerCase() !== "z") return
    if (event.shiftKey) step(pad, pad.future, pad.past)
    else step(pad, pad.past, pad.future)
  } else if (move) {
    const cells = event.shiftKey ? 4 : 1
    pad.keys = true
    for (let n = 0; n < cells; n += 1) {
      pad.cell = neighbour(pad.cell, move)
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
}

function listen(pad) {
  const { canvas } = pad
  const place = event => placed(event.clientX, event.clientY, canvas.getBoundingClientRect())
  canvas.onpointerdown = event => {
    if (event.button !== 0 || (pad.pen !== null && pad.pen !== "keys")) return
    if (pad.pen === "keys") lift(pad)
    canvas.setPointerCapture(event.pointerId)
    pad.pen = event.pointerId
    pad.keys = false
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

// A reload begins a new session of the server, which knows nothing: the tab itself keeps the last strokes.
function keep(pad, key) {
  const { strokes, brush } = pad
  try {
    if (strokes.length) sessionStorage.setItem(KEPT, JSON.stringify({ strokes, brush, key }))
    else sessionStorage.removeItem(KEPT)
  } catch { /* storage is full or forbidden: then a reload begins anew */ }
}

function restore(pad) {
  let text
  try { text = sessionStorage.getItem(KEPT) } catch { return }  // storage is forbidden
  const kept = readKept(text)
  if (!kept) return
  Object.assign(pad, kept)
  pad.size.value = String(kept.brush)
  send(pad, true)
}

export function render(root, { data, setStateValue, setTriggerValue }) {
  if (!root.pad) {
    root.pad = build(root)
    listen(root.pad)
  }
  const pad = root.pad
  pad.emit = setStateValue
  pad.report = setTriggerValue
  if (data.sheet !== pad.sheet && data.strokes) {
    Object.assign(pad, { sheet: data.sheet, strokes: data.strokes, brush: data.brush, past: [], future: [],
      pen: null, keys: false, seq: Math.max(pad.seq, data.seq), life: 0, picture: null,
      liftedAt: 0, rested: Math.max(pad.seq, data.seq) })
    pad.foot.textContent = ""
    pad.size.value = String(data.brush)
    if (data.sheet === 0 && data.seq === 0) restore(pad)
    if (data.picture) {
      pad.picture = new Image()
      pad.picture.onload = () => refresh(pad)
      pad.picture.src = data.picture
    }
  }
  pad.answered = data.seq
  speak(pad, data.texts)
  show(pad, data.answers, data.texts)
  refresh(pad)
  pad.draw.dataset.seq = String(data.seq)
  const upToDate = data.settled && data.seq === pad.seq
  if (upToDate && pad.pen === null && pad.rested !== pad.seq) {
    // What takes longer than an answer waits until the answer is there and the hand rests.
    pad.rested = pad.seq
    pad.rest = setTimeout(() => pad.report("rested", pad.rested), REST_MS)
  }
  if (upToDate) {
    pad.draw.dataset.settled = String(data.seq)
    keep(pad, data.key)
  }
  if (upToDate && pad.liftedAt) {
    const from = pad.liftedAt
    pad.liftedAt = 0
    requestAnimationFrame(() => {
      pad.draw.dataset.latencyMs = (performance.now() - from).toFixed(1)
      pad.foot.textContent = pad.texts.answered.replace("{ms}", Math.round(performance.now() - from))
    })
    pad.said.textContent = data.answers.map(a => a.aloud).join(" ")
  }
  if (pad.strokes.length === 0) pad.foot.textContent = ""
}

export function forget(root) {
  if (!root.pad) return
  root.pad.watch.disconnect()
  clearTimeout(root.pad.timer)
  clearTimeout(root.pad.rest)
}

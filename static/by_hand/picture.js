// The network picture's lesson: its controls, its keys and its messages. Steps change here at once, the server hears
// of it. What is drawn belongs to by_hand/drawing.js.

const version = new URL(import.meta.url).search
const [{ make }, { tool }, { paintNetwork, prepare }, { within }] = await Promise.all(
  ["../kit/dom.js", "../kit/look.js", "./drawing.js", "./geometry.js"].map(path => import(path + version)))

const NARROW_BELOW = 560
const SPEEDS = [["0.5", 4000], ["1", 2200], ["2", 1100], ["4", 500]]
const SHOWS = ["both", "values", "grads"]

function control(icon, testid) {
  const button = tool(icon, "")
  button.dataset.testid = testid
  return button
}

function choice(testid) {
  const select = make("select")
  select.dataset.testid = testid
  return select
}

function entitle(element, title) {
  element.title = title
  element.setAttribute("aria-label", title)
}

function offer(select, options) {
  select.replaceChildren(...options.map(([value, text]) => {
    const option = make("option", "", text)
    option.value = value
    return option
  }))
}

// What stays while the lesson moves; another language has other words.
function say(view, texts) {
  const said = JSON.stringify(texts)
  if (view.said === said) return
  view.said = said
  view.frame.setAttribute("aria-label", texts.network)
  view.range.setAttribute("aria-label", texts.step)
  for (const name of ["first", "previous", "next", "last"]) entitle(view[name], texts[name])
  entitle(view.speeds, texts.speed)
  entitle(view.shows, texts.show)
  entitle(view.details, texts.detail)
  offer(view.speeds, SPEEDS.map(([value]) => [value, texts.speeds[value]]))
  view.speeds.value = SPEEDS.find(([, pause]) => pause === view.speed)[0]
  offer(view.shows, SHOWS.map(value => [value, texts.shows[value]]))
}

function build(root) {
  const view = { root, pick, step: 0, show: "both", selected: "", seq: 0, speed: 2200, timer: 0 }
  root.classList.add("by-hand-root")
  view.frame = make("div", "frame")
  view.frame.dataset.testid = "network"
  view.frame.tabIndex = 0
  view.frame.setAttribute("role", "group")
  prepare(view)
  const head = make("div", "head")
  view.phase = make("span", "phase")
  view.title = make("span", "title")
  view.title.dataset.testid = "step-title"
  view.title.setAttribute("aria-live", "polite")
  head.append(view.phase, view.title)
  view.frame.append(head, view.svg)
  view.bar = make("div", "bar")
  view.first = control("first_page", "first")
  view.previous = control("chevron_left", "previous")
  view.play = control("play_arrow", "play")
  view.next = control("chevron_right", "next")
  view.next.classList.add("main")
  view.last = control("last_page", "last")
  view.range = make("input")
  Object.assign(view.range, { type: "range", min: 1, step: 1 })
  view.range.dataset.testid = "scrub"
  view.count = make("output", "count")
  view.count.dataset.testid = "counter"
  view.speeds = choice("speed")
  view.shows = choice("show")
  view.details = choice("detail")
  const steps = make("div", "group")
  steps.append(view.first, view.previous, view.play, view.next, view.last, view.count)
  const choices = make("div", "group choices")
  choices.append(view.shows, view.details, view.speeds)
  view.bar.append(view.range, steps, choices)
  root.append(view.frame, view.bar)
  return view
}

function pick(view, element, id) {
  element.onclick = () => choose(view, view.selected === id ? "" : id)
  element.onkeydown = event => {
    if (event.key !== "Enter" && event.key !== " ") return
    event.preventDefault()
    event.stopPropagation()
    choose(view, view.selected === id ? "" : id)
  }
}

function paint(view) {
  const { data } = view
  if (!data) return
  const narrow = view.root.clientWidth > 0 && view.root.clientWidth < NARROW_BELOW
  const layout = narrow ? data.narrow : data.wide
  view.now = data.steps[view.step - 1]
  paintNetwork(view, layout)
  view.phase.textContent = data.texts.phases[view.now.phase]
  view.phase.className = `phase ${view.now.phase}`
  if (view.title.textContent !== view.now.title) view.title.textContent = view.now.title
  view.count.textContent = `${view.step} / ${data.steps.length}`
  view.range.max = data.steps.length
  view.range.value = view.step
  view.first.disabled = view.previous.disabled = view.step <= 1
  view.next.disabled = view.last.disabled = view.step >= data.steps.length
  view.shows.value = view.show
  const playing = view.timer !== 0
  view.play.firstChild.textContent = playing ? "pause" : "play_arrow"
  entitle(view.play, playing ? data.texts.pause : data.texts.play)
  view.frame.dataset.step = view.step
}

function tell(view) {
  view.seq += 1
  view.emit("view", { step: view.step, show: view.show, selected: view.selected, detail: view.details.value, seq: view.seq })
}

function go(view, step) {
  const bounded = within(1, step, view.data.steps.length)
  if (bounded === view.step) return stop(view)
  view.step = bounded
  paint(view)
  tell(view)
}

function choose(view, id) {
  view.selected = id
  paint(view)
  tell(view)
}

function stop(view) {
  clearInterval(view.timer)
  view.timer = 0
  paint(view)
}

function play(view) {
  if (view.timer) return stop(view)
  if (view.step >= view.data.steps.length) go(view, 1)
  view.timer = setInterval(() => {
    if (view.step >= view.data.steps.length) return stop(view)
    go(view, view.step + 1)
  }, view.speed)
  paint(view)
}

// Arrows work wherever the person is, except where arrows already mean something.
function onKey(view, event) {
  if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return
  const target = event.composedPath()[0]
  const taken = "input, textarea, select, canvas, [contenteditable=true], [role=tab], [role=slider], [role=grid], [role=listbox], [role=combobox], [role=radio], [role=menu]"
  if (target.closest?.(taken)) return
  if (view.data.full && /^[-0-9.,]$/.test(event.key)) return startAnswer()
  if (event.key === " " && target.closest?.("button, a, summary")) return
  const keys = {
    ArrowRight: () => go(view, view.step + 1),
    ArrowLeft: () => go(view, view.step - 1),
    Home: () => go(view, 1),
    End: () => go(view, view.data.steps.length),
    " ": () => play(view),
    Escape: () => view.selected && choose(view, ""),
  }
  const act = keys[event.key]
  if (!act) return
  event.preventDefault()
  act()
}

// In an exercise a typed digit goes to the answer, wherever the person is.
function startAnswer() {
  document.querySelector(".st-key-by_hand-formula input[type=text]")?.focus()
}

function listen(view) {
  view.first.onclick = () => go(view, 1)
  view.previous.onclick = () => go(view, view.step - 1)
  view.play.onclick = () => play(view)
  view.next.onclick = () => go(view, view.step + 1)
  view.last.onclick = () => go(view, view.data.steps.length)
  view.range.oninput = () => go(view, Number(view.range.value))
  view.shows.onchange = () => { view.show = view.shows.value; paint(view); tell(view) }
  view.details.onchange = () => { stop(view); tell(view) }
  view.speeds.onchange = () => {
    view.speed = SPEEDS.find(([value]) => value === view.speeds.value)[1]
    if (view.timer) { stop(view); play(view) }
  }
  view.key = event => onKey(view, event)
  document.addEventListener("keydown", view.key)
  view.observer = new ResizeObserver(() => paint(view))
  view.observer.observe(view.root)
}

function showDetails(view, { details, detail }) {
  const wanted = JSON.stringify(details)
  if (view.details.offered !== wanted) {
    offer(view.details, details)
    view.details.offered = wanted
  }
  view.details.value = detail
  view.details.hidden = details.length < 2
}

export function render(root, { data, setStateValue }) {
  if (!root.view) {
    root.view = build(root)
    listen(root.view)
  }
  const { view } = root
  view.emit = setStateValue
  view.data = data
  // An answer to an older message must not turn back what the person did since.
  if (data.seq >= view.seq) {
    view.seq = data.seq
    view.step = data.step
    view.show = data.show
    view.selected = data.selected
  }
  view.step = within(1, view.step, data.steps.length)
  say(view, data.texts)
  showDetails(view, data)
  root.classList.toggle("large", data.large)
  paint(view)
}

export function forget(root) {
  const { view } = root
  if (!view) return
  clearInterval(view.timer)
  document.removeEventListener("keydown", view.key)
  view.observer.disconnect()
}

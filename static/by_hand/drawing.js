// Draws the network: nodes, edges, labels, and what a step lights up.
// Elements are joined by id: nothing is drawn anew that is already there. No text of a person reaches innerHTML.

const { between, cellOf, filled, fitted, known, mark, signed } = await import(
  `./geometry.js${new URL(import.meta.url).search}`)

const SVG = "http://www.w3.org/2000/svg"

function draw(parent, key, tag, attributes, text) {
  parent.joined ??= new Map()
  let element = parent.joined.get(key)
  if (!element) {
    element = document.createElementNS(SVG, tag)
    parent.append(element)
    parent.joined.set(key, element)
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value)
  }
  if (text !== undefined && element.textContent !== text) element.textContent = text
  element.seen = true
  return element
}

function sweep(parent) {
  for (const [key, element] of parent.joined ?? []) {
    if (!element.seen) { element.remove(); parent.joined.delete(key) }
    element.seen = false
  }
}

function hatch() {
  const defs = document.createElementNS(SVG, "defs")
  const pattern = draw(defs, "p", "pattern", { id: "hatch", width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" })
  draw(pattern, "l", "line", { x1: 0, y1: 0, x2: 0, y2: 9, class: "hatch" })
  return defs
}

export function prepare(view) {
  view.svg = document.createElementNS(SVG, "svg")
  view.svg.append(hatch())
  for (const layer of ["edges", "nodes", "labels"]) {
    view[layer] = document.createElementNS(SVG, "g")
    view.svg.append(view[layer])
  }
}

export function paintNetwork(view, layout) {
  view.reached = known(view.data.steps, view.data.full ? view.data.steps.length : view.step)
  view.svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`)
  view.svg.setAttribute("class", layout.stacked ? "narrow" : "")
  paintEdges(view, layout)
  paintNodes(view, layout)
}

function lit(view, name) {
  return { focus: view.now.focus.includes(name), feed: view.now.feeds.includes(name) }
}

const gradName = name => `d${name}`

function showsGrad(view, quantity) {
  const name = gradName(quantity.name)
  if (view.show === "values" || !quantity.grad) return false
  if (quantity.grad.text === "?") return view.now.focus.includes(name)
  return view.show === "grads" || view.reached.has(name)
}

function paintEdges(view, layout) {
  const quiet = view.now.phase === "input"
  const { texts } = view.data
  for (const edge of view.data.edges) {
    const [x1, y1, x2, y2] = layout.edges[edge.id]
    const target = edge.id.startsWith("e")
    const value = lit(view, edge.name)
    const grad = lit(view, gradName(edge.name))
    const fresh = lit(view, `new_${edge.name}`)
    const gradOn = showsGrad(view, edge)
    const focus = value.focus || grad.focus || fresh.focus
    const on = (focus || value.feed || grad.feed) && !(quiet && target)
    const sign = view.show === "grads" && gradOn ? edge.grad.sign : edge.sign
    const size = 1.6 + 5 * edge.size
    const path = `M${x1},${y1} L${x2},${y2}`
    const names = `edge${signed(sign)}${on ? " on" : ""}${focus ? " focus" : ""}${target ? " target" : ""}${view.selected === edge.id ? " selected" : ""}`
    const words = gradOn
      ? filled(texts.edge, { label: edge.label, value: edge.text, gradient: edge.grad.text })
      : `${edge.label} = ${edge.text}`
    const hover = gradOn
      ? filled(texts.edge_hover, { label: edge.label, value: edge.full || edge.text, gradient: edge.grad.full || edge.grad.text })
      : `${edge.label} = ${edge.full || edge.text}`
    const group = draw(view.edges, edge.id, "g", { class: names, "data-testid": `edge-${edge.id}`, role: "button", tabindex: target ? -1 : 0, "aria-label": words })
    draw(group, "wide", "path", { d: path, class: "touch" })
    draw(group, "line", "path", { d: path, class: "line", "stroke-width": on ? size + 1.5 : size })
    draw(group, "title", "title", {}, hover)
    view.pick(view, group, target ? "J" : edge.id)
    paintLabel(view, layout, edge, { names, on, fresh, gradOn, target, value, grad })
  }
  sweep(view.edges)
  sweep(view.labels)
}

function paintLabel(view, layout, edge, { names, on, fresh, gradOn, target, value, grad }) {
  const crowded = view.data.crowded || layout.stacked
  if (target && layout.stacked) return
  if (crowded && !on && view.selected !== edge.id) return
  const lines = []
  if (target) lines.push([`${edge.label} = ${edge.text}`, "value"])
  else if (view.show !== "grads" || fresh.focus) lines.push([edge.text, `value${mark(value)}`])
  if (fresh.focus && !target) lines.push([`→ ${edge.new ?? "?"}`, "grad focus"])
  else if (gradOn && !target) lines.push([edge.grad.text, `grad${mark(grad)}`])
  const group = draw(view.labels, edge.id, "g", { class: `label ${names}`, "data-testid": `label-${edge.id}` })
  const widest = Math.max(...lines.map(([text]) => text.length))
  const half = widest * (layout.stacked ? 4.6 : on ? 6.3 : 5.4)
  const pitch = layout.stacked ? 16 : on ? 24 : 21
  const [x, y] = between(layout, edge.id, half + 9)
  const height = pitch * lines.length + 2
  draw(group, "plate", "rect", { x: x - half - 5, y: y - height / 2, width: 2 * half + 10, height, rx: 6, class: "plate" })
  lines.forEach(([text, kind], row) => {
    draw(group, `t${row}`, "text", { x, y: y + pitch * (row - (lines.length - 1) / 2) + 1, class: kind }, text)
  })
  sweep(group)
  if (on) view.labels.append(group) // what matters now lies on top
}

function spoken(node, texts) {
  if (node.kind === "bias") return filled(texts.bias_node, { title: node.title })
  const values = node.parts.map(part => `${part.label} = ${part.text}`).join(", ")
  return filled(node.dead ? texts.dead_node : texts.node, { title: node.title, values })
}

function paintNodes(view, layout) {
  const { texts } = view.data
  for (const node of view.data.nodes) {
    const [x, y, width, height] = layout.nodes[node.id]
    const parts = node.parts
    const states = parts.map(part => ({ value: lit(view, part.name), grad: lit(view, gradName(part.name)) }))
    const biasEdges = node.kind === "bias" ? view.data.edges.filter(edge => edge.from === node.id && edge.id.startsWith("b")) : []
    const on = states.some(s => s.value.focus || s.value.feed || s.grad.focus || s.grad.feed)
      || biasEdges.some(edge => lit(view, edge.name).feed || lit(view, edge.name).focus || lit(view, gradName(edge.name)).focus)
      || (node.id === "J" && (view.now.focus.includes("new_J")))
    const names = `node ${node.kind}${on ? " on" : ""}${node.dead && view.reached.has(parts[1].name) ? " dead" : ""}${view.selected === node.id ? " selected" : ""}`
    const words = spoken(node, texts)
    const group = draw(view.nodes, node.id, "g", { class: names, "data-testid": `node-${node.id}`, role: "button", tabindex: 0, "aria-label": words })
    const round = node.kind === "input" || node.kind === "bias" ? height / 2 : 16
    const box = { x: x - width / 2, y: y - height / 2, width, height, rx: round }
    draw(group, "box", "rect", { ...box, class: "box" })
    if (node.dead) draw(group, "hatched", "rect", { ...box, class: "hatched", fill: "url(#hatch)" })
    if (node.kind === "bias") draw(group, "one", "text", { x, y: y + 1, class: "value" }, "1")
    parts.forEach((part, at) => paintPart(view, layout, group, node, part, at, states[at]))
    draw(group, "rim", "rect", { ...box, class: "rim" })
    if (node.dead && view.reached.has(parts[1].name)) {
      draw(group, "dead", "text", { x: x + (layout.stacked ? 0 : width / 2 - 2), y: y - height / 2 - 9, class: "deadmark", "text-anchor": layout.stacked ? "middle" : "end" }, texts.dead)
    }
    draw(group, "title", "title", {}, node.kind === "bias" ? texts.bias : parts.map(p => `${p.label} = ${p.full || p.text}`).join("\n"))
    sweep(group)
    view.pick(view, group, node.id)
  }
  sweep(view.nodes)
}

function paintPart(view, layout, group, node, part, at, { value, grad }) {
  const [x, y, , height] = layout.nodes[node.id]
  const two = node.parts.length === 2
  const gradOn = showsGrad(view, part)
  const late = !view.reached.has(part.name) && node.kind !== "input" ? " late" : ""
  const cell = cellOf(layout.nodes[node.id], at, node.parts.length, layout.stacked)
  const middle = cell.x + cell.width / 2
  const top = cell.y + cell.height / 2
  const active = value.focus || value.feed || grad.focus || grad.feed
  const hot = value.focus || grad.focus
  if (active) draw(group, `cell${at}`, "rect", { x: cell.x + 3, y: cell.y + 3, width: cell.width - 6, height: cell.height - 6, rx: 12, class: `cell${hot ? " focus" : " feed"}` })
  if (two && !layout.stacked) draw(group, "split", "line", { x1: x, y1: y - height / 2 + 10, x2: x, y2: y + height / 2 - 10, class: "split" })
  const text = (key, dy, name, words) => draw(group, `${key}${at}`, "text", { x: middle, y: top + dy, class: name, "data-testid": `${key}-${part.name}` }, words)
  const fresh = view.now.focus.includes("new_J") ? part.new : undefined
  const onlyGrad = view.show === "grads" && part.grad && !fresh
  if (layout.stacked) {
    const shown = onlyGrad && gradOn ? part.grad.text : part.text
    text("value", fresh || (gradOn && !onlyGrad) ? -7 : 1, `value${signed(part.sign)}${late}${mark(value)}`, node.kind === "loss" ? `J = ${shown}` : `${part.label} ${shown}`)
    if (fresh) text("new", node.kind === "loss" ? 17 : 11, "grad focus", `→ ${fresh}`)
    else if (gradOn && !onlyGrad) text("grad", 11, `grad${mark(grad)}`, `∂ ${part.grad.text}`)
    return
  }
  const sign = onlyGrad && gradOn ? part.grad.sign : part.sign
  const second = fresh || (gradOn && !onlyGrad)
  text("name", second ? -28 : -22, "name", onlyGrad ? `∂J/∂${part.label}` : part.label)
  const big = onlyGrad ? (gradOn ? part.grad.text : "") : part.text
  text("value", second ? 0 : 8, `value${signed(sign)}${late}${mark(onlyGrad ? grad : value)}${fitted(big)}`, big)
  if (fresh) text("new", 27, `grad focus${fresh.length > 7 ? " long" : ""}`, `→ ${fresh}`)
  else if (gradOn && !onlyGrad) text("grad", 27, `grad${signed(part.grad.sign)}${mark(grad)}${part.grad.text.length > 7 ? " long" : ""}`, `∂ ${part.grad.text}`)
}


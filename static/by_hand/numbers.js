// The editable numbers of a small network: one table per matrix, one field per number.
// What is typed goes to the server as text; the server decides and says what stands.

const { make } = await import(`../kit/dom.js${new URL(import.meta.url).search}`)

function build(root, data, view) {
  root.replaceChildren()
  view.fields = new Map()
  view.said = make("p", "said")
  view.said.setAttribute("role", "alert")
  view.said.dataset.testid = "number-error"
  for (const block of data.blocks) {
    const section = make("div", "block")
    section.append(make("h4", "", block.title))
    const table = make("table")
    table.setAttribute("aria-label", block.title)
    const head = make("tr")
    head.append(make("th"))
    for (const column of block.columns) head.append(make("th", "", column))
    table.append(head)
    for (const row of block.rows) {
      const line = make("tr")
      line.append(make("th", "row", row.head))
      for (const cell of row.cells) line.append(field(cell, view))
      table.append(line)
    }
    section.append(table)
    root.append(section)
  }
  root.append(view.said)
}

function field(cell, view) {
  const place = make("td", cell.name.startsWith("b") ? "bias" : "")
  const input = make("input")
  input.type = "text"
  input.inputMode = "decimal"
  input.autocomplete = "off"
  input.spellcheck = false
  input.setAttribute("aria-label", cell.label)
  input.dataset.testid = `number-${cell.name}`
  input.onfocus = () => input.select()
  input.onchange = () => {
    if (input.value === input.settled) return
    view.seq += 1
    view.emit("edit", { name: cell.name, text: input.value.slice(0, 60), seq: view.seq })
  }
  input.onkeydown = event => {
    if (event.key === "Escape") { input.value = input.settled; input.blur() }
    if (event.key === "Enter") move(view, input, event.shiftKey ? -1 : 1)
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault()
      below(input, event.key === "ArrowDown" ? 1 : -1)
    }
  }
  place.append(input)
  view.fields.set(cell.name, input)
  return place
}

function move(view, input, by) {
  const all = [...view.fields.values()]
  const next = all[all.indexOf(input) + by]
  if (next) next.focus()
  else input.blur()
}

function below(input, by) {
  const cell = input.parentElement
  const column = [...cell.parentElement.children].indexOf(cell)
  const rows = [...cell.closest("table").rows]
  const row = rows[rows.indexOf(cell.parentElement) + by]
  row?.children[column]?.querySelector("input")?.focus()
}

export function render(root, { data, setTriggerValue }) {
  root.classList.add("by-hand-numbers")
  const shape = JSON.stringify(data.blocks.map(block => [block.title, block.rows.map(row => row.cells.map(cell => cell.name))]))
  const view = (root.view ??= { seq: 0 })
  view.emit = setTriggerValue
  if (view.shape !== shape) {
    view.shape = shape
    build(root, data, view)
  }
  if (data.seq < view.seq) return // an answer to an older edit
  view.seq = data.seq
  for (const block of data.blocks) {
    for (const cell of block.rows.flatMap(row => row.cells)) {
      const input = view.fields.get(cell.name)
      input.settled = cell.text
      if (input.value !== cell.text) input.value = cell.text
      input.title = cell.full
      input.className = cell.sign > 0 ? "positive" : cell.sign < 0 ? "negative" : ""
      input.setAttribute("aria-invalid", data.wrong === cell.name ? "true" : "false")
    }
  }
  view.said.textContent = data.said
}

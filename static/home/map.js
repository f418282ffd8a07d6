// The line of stations: each a link to its page, a plain click of which keeps the session.

const { make } = await import(`../kit/dom.js${new URL(import.meta.url).search}`)

// A new tab stays the browser's business.
export const isPlainClick = ({ ctrlKey, metaKey, shiftKey, button }) =>
  !ctrlKey && !metaKey && !shiftKey && button === 0

function stop(drawing) {
  const place = make("span", "stop")
  place.innerHTML = `<svg viewBox="0 0 24 24" aria-hidden="true">${drawing}</svg>` // the lab's own, of no person
  return place
}

function words({ title, summary, page }) {
  const place = make("span", "words")
  place.append(make("b", "", title), make("span", "", summary), make("i", "", page))
  return place
}

function link(station, index, root) {
  const place = make("a")
  place.href = station.path
  place.setAttribute("aria-label", station.spoken)
  place.append(stop(station.drawing), words(station))
  place.onclick = event => {
    if (!isPlainClick(event)) return
    event.preventDefault()
    root.emit("station", index)
  }
  return place
}

function build(root, { name, stations }) {
  const nav = make("nav")
  nav.setAttribute("aria-label", name)
  const line = make("ol")
  line.append(...stations.map((station, index) => {
    const item = make("li")
    item.append(link(station, index, root))
    return item
  }))
  nav.append(line)
  root.replaceChildren(nav)
}

export function render(root, { data, setTriggerValue }) {
  root.emit = setTriggerValue
  const shown = JSON.stringify(data)
  if (root.shown === shown) return
  root.shown = shown
  build(root, data)
}

// Brings its own place into view, once for each thing that is shown there.

export function render(root, { data }) {
  if (root.shown === data.shown) return
  root.shown = data.shown
  root.style.scrollMarginTop = "9rem"
  root.scrollIntoView({ block: "nearest" })
}

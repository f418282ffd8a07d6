// Streamlit 1.67 keeps the address when the menu leads to the page it stands on: the page's own link is followed too,
// which does not.

const isPlain = event => !(event.ctrlKey || event.metaKey || event.shiftKey)

function follow(event) {
  const own = document.querySelector(".st-key-runs-all-runs a")
  const pressed = event.target.closest?.("a")
  if (!own || !pressed || pressed === own || pressed.href !== own.href) return
  if (isPlain(event)) setTimeout(() => own.click())
}

export function render(root) {
  root.follow ??= event => follow(event)
  document.addEventListener("click", root.follow, true)
}

export function forget(root) {
  document.removeEventListener("click", root.follow, true)
}

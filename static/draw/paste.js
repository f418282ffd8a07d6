// Takes a picture out of the clipboard, made small enough, as a PNG.

const { make } = await import(`../kit/dom.js${new URL(import.meta.url).search}`)

const LONGEST = 1024

// The size of a picture whose longer side is at most LONGEST, and whose shorter one at least a pixel.
export function fittedSize(width, height) {
  const scale = Math.min(1, LONGEST / Math.max(width, height))
  return [width, height].map(side => Math.max(1, Math.round(side * scale)))
}

async function asPng(file) {
  const bitmap = await createImageBitmap(file)
  const canvas = make("canvas")
  const [width, height] = fittedSize(bitmap.width, bitmap.height)
  Object.assign(canvas, { width, height })
  canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height)
  return canvas.toDataURL("image/png")
}

function build(root) {
  const zone = make("div", "zone", "Click here, then press Ctrl+V or Cmd+V")
  zone.tabIndex = 0
  zone.setAttribute("role", "button")
  const told = make("small", "", "A picture from the clipboard, a screenshot say.")
  told.setAttribute("aria-live", "polite")
  zone.append(told)
  zone.onclick = () => zone.focus()
  zone.onpaste = event => {
    event.preventDefault()
    const picture = [...(event.clipboardData?.files ?? [])].find(file => file.type.startsWith("image/"))
    if (picture) take(root, told, picture)
    else told.textContent = "There is no picture in the clipboard."
  }
  root.append(zone)
}

async function take(root, told, file) {
  try {
    root.emit("pasted", await asPng(file))
    told.textContent = "Taken."
  } catch {
    told.textContent = "What was pasted is not a picture this browser can read."
  }
}

export function render(root, { setTriggerValue }) {
  root.emit = setTriggerValue
  if (!root.firstElementChild) build(root)
}

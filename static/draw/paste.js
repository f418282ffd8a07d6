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
  const zone = make("div", "zone")
  zone.tabIndex = 0
  zone.setAttribute("role", "button")
  root.ask = make("span")
  const told = root.told = make("small")
  told.setAttribute("aria-live", "polite")
  root.says = "what"
  zone.append(root.ask, told)
  zone.onclick = () => zone.focus()
  zone.onpaste = event => {
    event.preventDefault()
    const picture = [...(event.clipboardData?.files ?? [])].find(file => file.type.startsWith("image/"))
    if (picture) take(root, picture)
    else tell(root, "nothing")
  }
  root.append(zone)
}

function tell(root, says) {
  root.says = says
  if (root.told.textContent !== root.texts[says]) root.told.textContent = root.texts[says]
}

async function take(root, file) {
  try {
    root.emit("pasted", await asPng(file))
    tell(root, "taken")
  } catch {
    tell(root, "unreadable")
  }
}

export function render(root, { data, setTriggerValue }) {
  root.emit = setTriggerValue
  root.texts = data.texts
  if (!root.firstElementChild) build(root)
  root.ask.textContent = data.texts.click
  tell(root, root.says)
}

// Tells how wide its column is, in whole steps: a scrollbar that comes and goes does not resize the canvas under the pen.

const STEP = 10
const SETTLE_MS = 150

export const wholeSteps = px => Math.floor(px / STEP) * STEP

export function render(root, { setStateValue }) {
  root.tell = setStateValue
  if (root.watch) return
  let told = 0
  const tell = () => {
    const px = wholeSteps(root.clientWidth)
    if (px > 0 && px !== told) root.tell("px", told = px)
  }
  root.watch = new ResizeObserver(() => {
    clearTimeout(root.timer)
    root.timer = setTimeout(tell, told ? SETTLE_MS : 0)
  })
  root.watch.observe(root)
}

export function forget(root) {
  clearTimeout(root.timer)
  root.watch?.disconnect()
}

// Strokes on a square of 280 x 280: where a point lies, whether it adds anything, when the next message may leave.
// Owns numbers only; knows no element.

export const SIDE = 280
export const CELLS = 28
export const CELL = SIDE / CELLS

const MOST_POINTS = 6000
const THROTTLE_MS = 80
const OVERDUE_MS = 400
const LOOK_AGAIN_MS = 20

const within = (low, value, high) => Math.min(high, Math.max(low, value))

// A place on the screen as a point of the sheet, to a tenth.
export const placed = (x, y, box) =>
  [x - box.left, y - box.top].map(d => Math.round(within(0, d / box.width, 1) * SIDE * 10) / 10)

export const centre = cell => cell.map(at => (at + 0.5) * CELL)

export const neighbour = (cell, move) => cell.map((at, axis) => within(0, at + move[axis], CELLS - 1))

// Whether a point lengthens the last stroke: not where it lies within a unit of the end, or the sheet is full.
export function lengthens(strokes, [x, y]) {
  const [endX, endY] = strokes.at(-1).at(-1)
  if (Math.hypot(x - endX, y - endY) < 1) return false
  return strokes.reduce((sum, stroke) => sum + stroke.length, 0) < MOST_POINTS
}

// How long a message must wait: 0 is now. One at a time, unless its answer is overdue.
export function waitMs(sinceLastMs, answered) {
  if (!answered && sinceLastMs < OVERDUE_MS) return LOOK_AGAIN_MS
  return Math.max(0, THROTTLE_MS - sinceLastMs)
}

// What a tab kept as text; null where that is nothing, or nothing that can be drawn.
export function readKept(text) {
  try {
    const { strokes, brush, key } = JSON.parse(text)
    if (!strokes.every(stroke => stroke.length && stroke.every(point => point.length === 2))) return null
    return { strokes, brush, key }
  } catch {
    return null
  }
}

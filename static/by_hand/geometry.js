// Where things of the network picture lie and how they are named; numbers and words only, no element.

export const within = (low, value, high) => Math.min(Math.max(value, low), high)

// What is known at a step: a value or gradient counts once a step up to here has computed it.
export const known = (steps, upTo) => new Set(steps.slice(0, upTo).flatMap(step => step.focus))

// A sentence with its values put where their names stand in braces.
export const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name])

// The label's place on its edge, moved along it until a plate of this half width covers no node.
export function between(layout, id, half) {
  const [x, y] = layout.labels[id]
  const [x1, y1, x2, y2] = layout.edges[id]
  if (layout.stacked || x2 - x1 <= 2 * half) return [x, y]
  const inside = within(x1 + half, x, x2 - half)
  return [inside, y1 + (y2 - y1) * (inside - x1) / (x2 - x1)]
}

// The part of a node's box that one of its values has: side by side, or one below the other in a stacked picture.
export function cellOf([x, y, width, height], at, count, stacked) {
  const own = stacked ? { width, height: height / count } : { width: width / count, height }
  const [right, down] = stacked ? [0, at * own.height] : [at * own.width, 0]
  return { x: x - width / 2 + right, y: y - height / 2 + down, ...own }
}

// Names of classes, as by_hand/picture.css has them.
export const mark = ({ focus, feed }) => (focus ? " focus" : feed ? " feed" : "")
export const signed = sign => (sign > 0 ? " positive" : sign < 0 ? " negative" : "")
export const fitted = text => (text.length > 8 ? " size4" : text.length > 6 ? " size3" : text.length > 5 ? " size2" : "")

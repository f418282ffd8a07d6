// What the network looks like now: a column of units per layer, first-layer weights, twelve answers.
// Owns drawing, in place, so that nothing flickers. Everything shown comes as data; nothing is parsed as HTML.

const made = (tag, className, text) => {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (text !== undefined) element.textContent = text
  return element
}

// As many children as there are values, made once and then changed in place.
function fitted(parent, values, make, update) {
  while (parent.children.length > values.length) parent.lastChild.remove()
  while (parent.children.length < values.length) parent.append(make())
  values.forEach((value, index) => update(parent.children[index], value))
}

function units(root, layers) {
  fitted(root, layers, () => {
    const column = made("figure", "layer")
    column.append(made("div", "units"), made("figcaption"))
    return column
  }, (column, { name, values, shown, total }) => {
    const largest = Math.max(1e-9, ...values.map(Math.abs))
    fitted(column.firstChild, values, () => made("i"), (unit, value) => {
      const size = Math.abs(value) / largest
      unit.style.setProperty("--size", size.toFixed(2))
      unit.className = value < 0 ? "negative" : value > 0 ? "positive" : "zero"
      unit.title = value.toPrecision(3)
    })
    column.lastChild.textContent = name
    column.title = `${name}: mean activation of ${shown} of ${total} units over 100 test images`
  })
}

function weights(root, { src, width, height }) {
  let image = root.querySelector("img")
  if (!image) { image = made("img"); image.alt = "First-layer weights, blue positive, orange negative"; root.append(image) }
  image.hidden = !src
  if (src) { image.src = src; image.style.aspectRatio = `${width} / ${height}` }
}

function answers(root, { src, predictions }) {
  fitted(root, predictions, () => {
    const card = made("div", "answer")
    card.append(made("span", "digit"), made("b"), made("span", "share"), made("em"))
    return card
  }, (card, { index, says, share, label, right }) => {
    const [digit, answer, bar, word] = card.children
    digit.style.backgroundImage = `url(${src})`
    digit.style.backgroundPosition = `${(index / 11) * 100}% 0`
    answer.textContent = says
    bar.style.setProperty("--share", share)
    word.textContent = right ? `${Math.round(100 * share)} %` : `${Math.round(100 * share)} %, is ${label}`
    card.classList.toggle("wrong", !right)
    card.title = `The network says ${says} with ${Math.round(100 * share)} %; the label is ${label}`
  })
}

export function render({ data, parentElement }) {
  const part = name => parentElement.querySelector(`.${name}`)
  part("network").hidden = !data.layers.length
  units(part("columns"), data.layers)
  part("first").hidden = !data.weights.src
  weights(part("sprite"), data.weights)
  part("tests").hidden = !data.answers.predictions.length
  answers(part("answers"), data.answers)
}

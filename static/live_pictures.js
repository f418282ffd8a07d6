// What the network looks like now: first-layer weights and twelve answers.
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
  part("first").hidden = !data.weights.src
  weights(part("sprite"), data.weights)
  part("tests").hidden = !data.answers.predictions.length
  answers(part("answers"), data.answers)
}

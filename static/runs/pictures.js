// What the network looks like now: first-layer weights and twelve answers.
// Owns drawing, in place, so that nothing flickers. Everything shown comes as data; nothing is parsed as HTML.

const { fitted, make } = await import(`../kit/dom.js${new URL(import.meta.url).search}`)

const TESTS = 12

// Where in the strip of all test images one lies, as a background's position.
export const placeInStrip = index => `${(index / (TESTS - 1)) * 100}% 0`

function section() {
  const part = make("section")
  part.heading = make("h4")
  part.words = make("p")
  part.content = make("div")
  part.append(part.heading, part.words, part.content)
  return part
}

function entitle(part, title, words) {
  part.heading.textContent = title
  part.words.textContent = words
}

function build(root) {
  const view = { first: section(), tests: section() }
  view.first.content.className = "sprite"
  view.tests.content.className = "answers"
  root.classList.add("glance")
  root.append(view.first, view.tests)
  return view
}

function weights(place, { src, width, height }, spoken) {
  let image = place.querySelector("img")
  if (!image) { image = make("img"); place.append(image) }
  image.alt = spoken
  image.hidden = !src
  if (src) { image.src = src; image.style.aspectRatio = `${width} / ${height}` }
}

function card() {
  const element = make("div", "answer")
  element.append(make("span", "digit"), make("b"), make("span", "share"), make("em"))
  return element
}

function answers(place, { src, predictions }) {
  fitted(place, predictions, card, (element, prediction) => {
    const { index, says, share, right, verdict, spoken } = prediction
    const [digit, answer, bar, word] = element.children
    digit.style.backgroundImage = `url(${src})`
    digit.style.backgroundPosition = placeInStrip(index)
    answer.textContent = says
    bar.style.setProperty("--share", share)
    word.textContent = verdict
    element.classList.toggle("wrong", !right)
    element.title = spoken
  })
}

export function render(root, { data }) {
  const view = (root.view ??= build(root))
  const { texts } = data
  entitle(view.first, texts.weights, texts.weights_says)
  entitle(view.tests, texts.answers, texts.answers_says)
  view.first.hidden = !data.weights.src
  weights(view.first.content, data.weights, texts.weights_spoken)
  view.tests.hidden = !data.answers.predictions.length
  answers(view.tests.content, data.answers)
}

// What the network looks like now: first-layer weights and twelve answers.
// Owns drawing, in place, so that nothing flickers. Everything shown comes as data; nothing is parsed as HTML.

const version = new URL(import.meta.url).search
const [{ fitted, make }, { percent }] = await Promise.all(
  ["../kit/dom.js", "../kit/look.js"].map(path => import(path + version)))

const TESTS = 12

// Where in the strip of all test images one lies, as a background's position.
export const placeInStrip = index => `${(index / (TESTS - 1)) * 100}% 0`

// How sure the network is, and what it should have said where it is wrong.
export const verdict = ({ share, label, right }) => (right ? percent(share) : `${percent(share)}, is ${label}`)

function section(title, words) {
  const part = make("section")
  part.content = make("div")
  part.append(make("h4", "", title), make("p", "", words), part.content)
  return part
}

function build(root) {
  const view = {
    first: section("First-layer weights", "What each unit looks for: blue adds, orange takes away."),
    tests: section("Twelve test images", "Its answer and how sure it is."),
  }
  view.first.content.className = "sprite"
  view.tests.content.className = "answers"
  root.classList.add("glance")
  root.append(view.first, view.tests)
  return view
}

function weights(place, { src, width, height }) {
  let image = place.querySelector("img")
  if (!image) { image = make("img"); image.alt = "First-layer weights, blue positive, orange negative"; place.append(image) }
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
    const { index, says, share, label, right } = prediction
    const [digit, answer, bar, word] = element.children
    digit.style.backgroundImage = `url(${src})`
    digit.style.backgroundPosition = placeInStrip(index)
    answer.textContent = says
    bar.style.setProperty("--share", share)
    word.textContent = verdict(prediction)
    element.classList.toggle("wrong", !right)
    element.title = `The network says ${says} with ${percent(share)}; the label is ${label}`
  })
}

export function render(root, { data }) {
  const view = (root.view ??= build(root))
  view.first.hidden = !data.weights.src
  weights(view.first.content, data.weights)
  view.tests.hidden = !data.answers.predictions.length
  answers(view.tests.content, data.answers)
}

// The answers beside the pad: one panel per model, ten bars each, changed in place so that nothing flickers.

const version = new URL(import.meta.url).search
const [{ make }, { percent }] = await Promise.all(["../kit/dom.js", "../kit/look.js"].map(path => import(path + version)))

function answerPanel(index) {
  const panel = make("section", "answer")
  panel.dataset.testid = `answer-${index}`
  const part = { panel, model: make("div", "model"), best: make("div", "best"), sure: make("div", "sure") }
  part.says = make("div", "says")
  part.bars = make("div", "bars")
  const verdict = make("div", "verdict")
  verdict.append(part.best, part.sure, part.says)
  part.rows = Array.from({ length: 10 }, (_, digit) => {
    const row = make("div", "row")
    row.setAttribute("role", "meter")
    row.setAttribute("aria-valuemin", "0")
    row.setAttribute("aria-valuemax", "1")
    const track = make("div", "track")
    track.append(make("div", "bar"))
    row.append(make("span", "digit", String(digit)), track, make("span", "value"))
    part.bars.append(row)
    return row
  })
  panel.append(part.model, verdict, part.bars)
  return part
}

// As the views below the pad word it; rounded here alone, or the two would differ.
const exact = share => percent(share, 1)

export function show(pad, answers, texts) {
  while (pad.panels.length < answers.length) {
    const panel = answerPanel(pad.panels.length)
    pad.panels.push(panel)
    pad.answers.append(panel.panel)
  }
  while (pad.panels.length > answers.length) pad.panels.pop().panel.remove()
  pad.draw.classList.toggle("two", answers.length > 1)
  answers.forEach((answer, index) => {
    const part = pad.panels[index]
    const known = Array.isArray(answer.probabilities)
    part.model.textContent = answer.model
    part.model.title = answer.model
    part.best.textContent = known ? (answer.is_digit ? String(answer.digit) : "?") : ""
    part.sure.textContent = known && answer.is_digit ? exact(answer.probabilities[answer.digit]) : ""
    part.says.textContent = answer.says
    part.panel.classList.toggle("unsure", !known || !answer.is_digit)
    part.panel.dataset.digit = known && answer.is_digit ? String(answer.digit) : ""
    part.rows.forEach((row, digit) => {
      row.setAttribute("aria-label", texts.probability.replace("{digit}", digit))
      const p = known ? answer.probabilities[digit] : 0
      row.style.setProperty("--p", p.toFixed(4))
      row.setAttribute("aria-valuenow", p.toFixed(4))
      row.classList.toggle("top", known && answer.is_digit && digit === answer.digit)
      row.lastChild.textContent = known ? exact(p) : ""
    })
  })
}

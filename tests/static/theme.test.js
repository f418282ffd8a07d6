import assert from "node:assert/strict"
import { test } from "node:test"
import { colourOf, withTheme } from "../../static/charts/theme.js"

const VALUES = {
  "blue-color": "#0000ff", "text-color": "#111111", "border-color": "rgba(1, 2, 3, 0.5)",
  "chart-categorical-colors": "#aa0000, #00aa00", "background-color": "#ffffff", font: "Serif",
}
const theme = name => VALUES[name] ?? ""

test("a colour by its name is the theme's, and its share what lets the paper through", () => {
  assert.equal(colourOf(theme, "blue"), "#0000ff")
  assert.equal(colourOf(theme, "blue", "0.5"), "#0000ff80")
  assert.equal(colourOf(theme, "blue", "0.02"), "#0000ff05")
  assert.equal(colourOf(theme, "border", "0.5"), "rgba(1, 2, 3, 0.5)")
})

test("series are told apart by the theme's own colours, and a name it lacks is the text's", () => {
  assert.equal(colourOf(theme, "chart-2"), "#00aa00")
  assert.equal(colourOf(theme, "chart-9"), "#111111")
  assert.equal(colourOf(theme, "bleu"), "#111111")
})

const figure = layout => ({ data: [{ x: [1], line: { color: "@blue" }, fillcolor: "@blue/0.5", name: "at@blue" }], layout })

test("colours are replaced wherever they stand, words that look like them are not", () => {
  const { data } = withTheme(figure({}), theme, 800)
  assert.deepEqual(data, [{ x: [1], line: { color: "#0000ff" }, fillcolor: "#0000ff80", name: "at@blue" }])
})

test("every axis has the theme's lines and keeps its zoom as long as it keeps its type", () => {
  const { layout } = withTheme(figure({ yaxis: { type: "log" }, xaxis2: { gridcolor: "red" } }), theme, 800)
  assert.equal(layout.yaxis.uirevision, "log")
  assert.equal(layout.xaxis.uirevision, "linear")
  assert.equal(layout.xaxis.gridcolor, VALUES["border-color"])
  assert.equal(layout.xaxis2.gridcolor, "red")
})

test("on a phone the legend is below, whatever the figure says", () => {
  const own = figure({ legend: { y: 0.5 } })
  assert.equal(withTheme(own, theme, 800).layout.legend.y, 0.5)
  assert.equal(withTheme(own, theme, 390).layout.legend.yref, "container")
})

import assert from "node:assert/strict"
import { test } from "node:test"
import { between, cellOf, filled, fitted, known, within } from "../../static/by_hand/geometry.js"

test("a step of the lesson stays within the lesson", () => {
  assert.deepEqual([within(1, 0, 9), within(1, 5, 9), within(1, 99, 9)], [1, 5, 9])
})

test("known is what a step up to here has computed", () => {
  const steps = [{ focus: ["z1"] }, { focus: ["a1", "z2"] }, { focus: ["J"] }]
  assert.deepEqual([...known(steps, 2)], ["z1", "a1", "z2"])
  assert.equal(known(steps, 0).size, 0)
})

const layout = { labels: { w: [5, 0] }, edges: { w: [0, 0, 100, 50] } }

test("a label moves along its edge until it covers no node, and stays on the edge", () => {
  assert.deepEqual(between(layout, "w", 20), [20, 10])
  assert.deepEqual(between({ ...layout, labels: { w: [50, 25] } }, "w", 20), [50, 25])
})

test("a label stays where it is drawn when there is no room, or the picture is stacked", () => {
  assert.deepEqual(between(layout, "w", 60), [5, 0])
  assert.deepEqual(between({ ...layout, stacked: true }, "w", 20), [5, 0])
})

test("the two values of a node share its box: side by side, or one below the other", () => {
  assert.deepEqual(cellOf([50, 20, 40, 20], 1, 2, false), { x: 50, y: 10, width: 20, height: 20 })
  assert.deepEqual(cellOf([50, 20, 40, 20], 1, 2, true), { x: 30, y: 20, width: 40, height: 10 })
  assert.deepEqual(cellOf([50, 20, 40, 20], 0, 1, false), { x: 30, y: 10, width: 40, height: 20 })
})

test("values stand where a sentence names them, in its order, and are taken as they are", () => {
  assert.equal(filled("{b}, {a}, {b}", { a: "1", b: "{a}" }), "{a}, 1, {a}")
})

test("the longer a number, the smaller it is written", () => {
  assert.deepEqual(["0.168", "-0.168", "-0.1685", "-0.168519"].map(fitted), ["", " size2", " size3", " size4"])
})

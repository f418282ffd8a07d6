import assert from "node:assert/strict"
import { test } from "node:test"
import { SIDE, centre, lengthens, neighbour, placed, readKept, waitMs } from "../../static/draw/strokes.js"

const box = { left: 100, top: 50, width: 140 }

test("a place on the screen is a point of the sheet, to a tenth, whatever the sheet's size there", () => {
  assert.deepEqual(placed(100, 50, box), [0, 0])
  assert.deepEqual(placed(240, 190, box), [SIDE, SIDE])
  assert.deepEqual(placed(110.017, 50, box), [20, 0])
})

test("a pen that leaves the sheet stays at its edge", () => {
  assert.deepEqual(placed(0, 900, box), [0, SIDE])
})

test("the keyboard's pen moves by cells and stops at the edge", () => {
  assert.deepEqual(neighbour([13, 13], [0, -1]), [13, 12])
  assert.deepEqual(neighbour([27, 0], [1, -1]), [27, 0])
  assert.deepEqual(centre([0, 27]), [5, 275])
})

test("a point within a unit of the stroke's end is dropped", () => {
  assert.equal(lengthens([[[10, 10]]], [10.5, 10.5]), false)
  assert.equal(lengthens([[[0, 0]], [[10, 10]]], [11, 10]), true)
})

test("a sheet takes no more points than the server does", () => {
  const line = Array.from({ length: 3000 }, (_, at) => [at % SIDE, 0])
  assert.equal(lengthens([line, line.slice(1)], [5, 200]), true)
  assert.equal(lengthens([line, line], [5, 200]), false)
})

test("a message waits for the answer to the one before, but not for ever", () => {
  assert.equal(waitMs(100, true), 0)
  assert.equal(waitMs(30, true), 50)
  assert.ok(waitMs(100, false) > 0)
  assert.equal(waitMs(400, false), 0)
})

test("what a tab kept comes back, and what cannot be drawn does not", () => {
  const kept = { strokes: [[[1, 2], [3, 4]]], brush: 20, key: "k" }
  assert.deepEqual(readKept(JSON.stringify({ ...kept, other: 1 })), kept)
  for (const text of [null, "", "{", "3", "{}", '{"strokes": [[]]}', '{"strokes": [[[1]]]}', '{"strokes": 3}']) {
    assert.equal(readKept(text), null, text)
  }
})

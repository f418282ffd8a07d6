import "./dom.js"
import assert from "node:assert/strict"
import { test } from "node:test"
import { fittedSize } from "../../static/draw/paste.js"
import { wholeSteps } from "../../static/draw/room.js"
import { isPlainClick } from "../../static/home/map.js"
import { placeInStrip } from "../../static/runs/pictures.js"

test("a large picture is made smaller in its own proportions, a small one is left alone", () => {
  assert.deepEqual(fittedSize(4096, 2048), [1024, 512])
  assert.deepEqual(fittedSize(300, 200), [300, 200])
  assert.deepEqual(fittedSize(100000, 3), [1024, 1])
})

test("a scrollbar that comes and goes leaves the canvas as wide as it was", () => {
  assert.equal(wholeSteps(700), wholeSteps(709))
  assert.equal(wholeSteps(3), 0)
})

test("twelve images lie side by side from one end of the strip to the other", () => {
  assert.equal(placeInStrip(0), "0% 0")
  assert.equal(placeInStrip(11), "100% 0")
})

test("a click that opens a new tab is the browser's business", () => {
  const click = { ctrlKey: false, metaKey: false, shiftKey: false, button: 0 }
  assert.equal(isPlainClick(click), true)
  for (const other of [{ ctrlKey: true }, { metaKey: true }, { shiftKey: true }, { button: 1 }]) {
    assert.equal(isPlainClick({ ...click, ...other }), false)
  }
})

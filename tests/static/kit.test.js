import "./dom.js"
import assert from "node:assert/strict"
import { test } from "node:test"
import { fitted, make } from "../../static/kit/dom.js"
import { percent, tool } from "../../static/kit/look.js"
import { cookieToWrite } from "../../static/kit/owner.js"

test("an element has its class and its text, an empty one too", () => {
  const element = make("b", "best", "")
  assert.deepEqual([element.tag, element.className, element.textContent], ["b", "best", ""])
})

test("there are as many children as values, and those that stay are the same", () => {
  const parent = make("div")
  const fit = values => fitted(parent, values, () => make("i"), (child, value) => { child.textContent = value })
  fit(["a", "b"])
  const [first] = parent.children
  fit(["c", "d", "e"])
  assert.deepEqual(parent.children.map(child => child.textContent), ["c", "d", "e"])
  fit(["f"])
  assert.deepEqual(parent.children.map(child => child.textContent), ["f"])
  assert.equal(parent.children[0], first)
})

test("a button with an icon says its title to those who do not see it", () => {
  const button = tool("undo", "Undo")
  assert.equal(button.attributes["aria-label"], "Undo")
  assert.equal(button.children[0].attributes["aria-hidden"], "true")
})

test("a share is written in per cent", () => {
  assert.equal(percent(0.125), "13%")
  assert.equal(percent(1), "100%")
  assert.equal(percent(0.98765, 1), "98.8%")
})

const mine = { name: "owner", value: "abc", replace: false }

test("a cookie is written where there is none, and over encryption only where there is some", () => {
  assert.match(cookieToWrite(mine, "", "http:"), /^owner=abc; Path=\/; .*SameSite=Lax$/)
  assert.match(cookieToWrite(mine, "other=1", "https:"), /; Secure$/)
  assert.match(cookieToWrite(mine, "owner2=1; my_owner=2", "http:"), /^owner=abc/)
})

test("a cookie that is there stays, unless it is to be replaced", () => {
  assert.equal(cookieToWrite(mine, "other=1; owner=xyz", "http:"), null)
  assert.match(cookieToWrite({ ...mine, replace: true }, "owner=xyz", "http:"), /^owner=abc/)
})

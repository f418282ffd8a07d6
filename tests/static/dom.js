// As little of a document as the components' pieces need: elements with children, classes and a text.

class Element {
  constructor(tag) {
    Object.assign(this, { tag, children: [], attributes: {}, className: "", textContent: "" })
  }
  append(...added) {
    for (const each of added) each.parent = this
    this.children.push(...added)
  }
  get lastChild() { return this.children.at(-1) }
  remove() { this.parent.children.splice(this.parent.children.indexOf(this), 1) }
  setAttribute(name, value) { this.attributes[name] = value }
}

globalThis.document = { createElement: tag => new Element(tag) }

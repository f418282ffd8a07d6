// Elements: made with a class and a text, and as many as there are values.
// Text is set as text: nothing of a person is ever parsed as HTML.

export const make = (tag, name, text) => {
  const element = document.createElement(tag)
  if (name) element.className = name
  if (text !== undefined) element.textContent = text
  return element
}

// As many children as there are values, made once and then changed in place.
export function fitted(parent, values, made, update) {
  while (parent.children.length > values.length) parent.lastChild.remove()
  while (parent.children.length < values.length) parent.append(made())
  values.forEach((value, index) => update(parent.children[index], value))
}

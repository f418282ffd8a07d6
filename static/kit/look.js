// What several components show in the same way; kit/look.css says how it looks.

const { make } = await import(`./dom.js${new URL(import.meta.url).search}`)

// A button with one of the icons that Streamlit brings along, and its title in words.
export function tool(icon, title) {
  const button = make("button", "tool")
  button.type = "button"
  entitle(button, title)
  const glyph = make("span", "icon", icon)
  glyph.setAttribute("aria-hidden", "true")
  button.append(glyph)
  return button
}

// A title in words, for eyes and ears; none yet where the words come later.
export function entitle(button, title = "") {
  button.title = title
  button.setAttribute("aria-label", title)
}

export const percent = (share, digits = 0) => `${(100 * share).toFixed(digits)}%`

// The page says which language it is in: for screen readers, hyphenation and the shapes of Chinese letters.

export function render(root, { data }) {
  document.documentElement.lang = data.tag
}

export default function ({ parentElement, setTriggerValue }) {
  for (const link of parentElement.querySelectorAll("a[data-station]")) {
    link.onclick = event => {
      // A new tab stays the browser's business; a plain click keeps the session.
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return
      event.preventDefault()
      setTriggerValue("station", Number(link.dataset.station))
    }
  }
}

// One Plotly chart per panel, kept alive while data comes in: zoom, hover and legend choices stay.
// Owns drawing. Knows no run: it gets figures by name, with colours named by the theme ("@blue").

const { withTheme } = await import(`./theme.js${new URL(import.meta.url).search}`)

let plotly
// The server sends files as they are: packed here, plotly.js is 1.5 MB on its way to a lecture hall instead of 4.8.
export function load() {
  plotly ??= (async () => {
    const packed = await fetch(new URL("app/static/vendor/plotly.min.js.gz", document.baseURI))
    if (!packed.ok) throw new Error(`plotly.js did not load: ${packed.status}`)
    const script = document.createElement("script")
    const text = packed.body.pipeThrough(new DecompressionStream("gzip"))
    script.src = URL.createObjectURL(new Blob([await new Response(text).arrayBuffer()], { type: "text/javascript" }))
    await new Promise((resolve, reject) => { script.onload = resolve; script.onerror = reject; document.head.append(script) })
    URL.revokeObjectURL(script.src)
    rehearse(window.Plotly)
    return window.Plotly
  })()
  plotly.catch(() => { plotly = undefined })
  return plotly
}

// The first chart of a page costs the browser several times what the next one does: drawn once where nobody looks.
function rehearse(Plotly) {
  if (document.querySelector(".layerlab-charts > div")) return
  const stage = document.createElement("div")
  stage.style.cssText = "position:fixed;left:-2000px;width:600px;height:300px"
  stage.inert = true
  document.body.append(stage)
  const line = { x: [1, 2, 3], y: [3, 1, 2], mode: "lines", fill: "tonexty", fillcolor: "rgba(0,0,0,0.1)" }
  Plotly.newPlot(stage, [line, line], { yaxis: { type: "log" }, hovermode: "x unified", legend: { orientation: "h" } }, SETTINGS)
    .finally(() => { Plotly.purge(stage); stage.remove() })
}

// Nothing leaves the lab: plotly.js offers by itself to upload a chart to its maker's cloud.
const SETTINGS = {
  displaylogo: false, responsive: true, showSendToCloud: false, plotlyServerURL: "",
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
}

// Runs again at every change: state stays on the element.
export async function render(root, { data }) {
  root.classList.add("layerlab-charts")
  root.style.setProperty("--columns", data.columns)
  const wanted = new Set(data.figures.map(figure => figure.name))
  const gone = [...root.children].filter(child => !wanted.has(child.dataset.name))
  for (const panel of gone) { window.Plotly?.purge(panel); panel.remove() }
  const style = getComputedStyle(root)
  const theme = name => style.getPropertyValue(`--st-${name}`).trim()
  for (const { name, title, height, figure } of data.figures) {
    let panel = [...root.children].find(child => child.dataset.name === name)
    if (!panel) {
      panel = document.createElement("div")
      panel.dataset.name = name
      panel.dataset.testid = `chart-${name}`
      panel.setAttribute("role", "figure") // not "img": its buttons are reached by keyboard
      root.append(panel)
    }
    panel.style.height = `${height}px`
    panel.setAttribute("aria-label", title)
    panel.dataset.points = figure.data.reduce((sum, trace) => sum + (trace.x?.length ?? 0), 0)
    panel.pending = withTheme(figure, theme, panel.clientWidth)
  }
  const settings = { ...SETTINGS, locale: data.language, locales: { [data.language]: { dictionary: data.texts } } }
  const Plotly = await load()
  for (const panel of root.children) {
    if (!panel.pending) continue
    const { data: traces, layout } = panel.pending
    panel.pending = null
    await Plotly.react(panel, traces, layout, settings)
    panel.dataset.drawn = panel.dataset.points
  }
}

export function forget(root) {
  for (const panel of root.children) window.Plotly?.purge(panel)
}

// One Plotly chart per panel, kept alive while data comes in: zoom, hover and legend choices stay.
// Owns drawing. Knows no run: it gets figures by name, with colours named by the theme ("@blue").

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

// "blue" is a colour of the theme, "chart-3" the third of those it tells series apart with.
const themed = (style, name) => name.startsWith("chart-")
  ? style.getPropertyValue("--st-chart-categorical-colors").split(",")[name.slice(6) - 1]?.trim()
  : style.getPropertyValue(`--st-${name}-color`).trim()

const NARROW = 480  // pixels: a phone's, where title and legend do not fit side by side

function withTheme(figure, style, width) {
  const text = JSON.stringify(figure).replace(/"@([a-z0-9-]+)(?:\/([\d.]+))?"/g, (_, name, alpha) => {
    const colour = themed(style, name) || themed(style, "text")
    return JSON.stringify(alpha && colour.length === 7 ? colour + Math.round(alpha * 255).toString(16).padStart(2, "0") : colour)
  })
  const { data, layout } = JSON.parse(text)
  const ink = themed(style, "text"), line = themed(style, "border")
  const axis = { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true }
  // A zoom is kept for as long as its axis stays of its type: a range of decades says nothing on a linear one.
  const axes = Object.fromEntries(Object.keys({ xaxis: 1, yaxis: 1, ...layout }).filter(k => /^[xy]axis/.test(k))
    .map(k => [k, { ...axis, uirevision: layout[k]?.type ?? "linear", ...layout[k] }]))
  return { data, layout: {
    paper_bgcolor: themed(style, "background"), plot_bgcolor: "rgba(0,0,0,0)", hovermode: "x unified", uirevision: "kept",
    margin: { l: 48, r: 12, t: 34, b: 36 }, showlegend: true, autosize: true,
    legend: { orientation: "h", x: 0.95, xanchor: "right", y: 1.02, yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" },
    ...layout, ...axes, ...(width < NARROW && { legend: BELOW }),
    font: { family: style.getPropertyValue("--st-font") || "sans-serif", size: 12, color: ink },
    modebar: { orientation: "v", bgcolor: "rgba(0,0,0,0)", color: themed(style, "gray"), activecolor: themed(style, "blue"), ...layout.modebar },
    hoverlabel: { bgcolor: themed(style, "secondary-background"), font: { color: ink } },
  } }
}

// The legend below the axis, where it may grow and the title is not in its way.
const BELOW = { orientation: "h", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom", bgcolor: "rgba(0,0,0,0)" }

// Nothing leaves the lab: plotly.js offers by itself to upload a chart to its maker's cloud.
const SETTINGS = {
  displaylogo: false, responsive: true, showSendToCloud: false, plotlyServerURL: "",
  modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
}

// The export of a component runs again at every change: state stays on the element.
export async function render({ data, parentElement }) {
  const root = parentElement.querySelector(".layerlab-charts")
  root.style.setProperty("--columns", data.columns)
  const wanted = new Set(data.figures.map(figure => figure.name))
  for (const old of [...root.children]) if (!wanted.has(old.dataset.name)) { window.Plotly?.purge(old); old.remove() }
  const style = getComputedStyle(root)
  for (const { name, title, height, figure } of data.figures) {
    let panel = [...root.children].find(child => child.dataset.name === name)
    if (!panel) {
      panel = document.createElement("div")
      panel.dataset.name = name
      panel.dataset.testid = `chart-${name}`
      panel.setAttribute("role", "img")
      root.append(panel)
    }
    panel.style.height = `${height}px`
    panel.setAttribute("aria-label", title)
    panel.dataset.points = figure.data.reduce((sum, trace) => sum + (trace.x?.length ?? 0), 0)
    panel.pending = withTheme(figure, style, panel.clientWidth)
  }
  const Plotly = await load()
  for (const panel of root.children) {
    if (!panel.pending) continue
    const { data: traces, layout } = panel.pending
    panel.pending = null
    await Plotly.react(panel, traces, layout, SETTINGS)
    panel.dataset.drawn = panel.dataset.points
  }
}

// Called before every change too, not only at the end: only charts that are gone for good are cleared away.
export function forget(root) {
  const panels = [...(root?.children ?? [])]
  setTimeout(() => { if (!root.isConnected) for (const panel of panels) window.Plotly?.purge(panel) }, 2000)
}

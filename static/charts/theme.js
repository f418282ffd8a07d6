// A figure in the colours and the font of the page. Owns how charts look in common; knows no element and no Plotly.

const NARROW = 480  // pixels: a phone's, where title and legend do not fit side by side
const NOTHING = "rgba(0,0,0,0)"

// The legend below the axis, where it may grow and the title is not in its way.
const BELOW = { orientation: "h", x: 0, xanchor: "left", y: 0, yref: "container", yanchor: "bottom", bgcolor: NOTHING }

const twoDigits = byte => byte.toString(16).padStart(2, "0")

// "blue" is a colour of the theme, "chart-3" the third of those it tells series apart with.
const themed = (theme, name) => (name.startsWith("chart-")
  ? theme("chart-categorical-colors").split(",")[name.slice(6) - 1]?.trim()
  : theme(`${name}-color`))

// A colour by its name, the text's where the theme has none; see-through where the theme writes it in six digits.
export function colourOf(theme, name, alpha) {
  const colour = themed(theme, name) || theme("text-color")
  return alpha && colour.length === 7 ? colour + twoDigits(Math.round(alpha * 255)) : colour
}

const coloured = (figure, theme) => JSON.parse(JSON.stringify(figure).replace(
  /"@([a-z0-9-]+)(?:\/([\d.]+))?"/g, (_, name, alpha) => JSON.stringify(colourOf(theme, name, alpha))))

// A zoom is kept for as long as its axis stays of its type: a range of decades says nothing on a linear one.
const axesOf = (layout, common) => Object.fromEntries(
  Object.keys({ xaxis: 1, yaxis: 1, ...layout }).filter(key => /^[xy]axis/.test(key))
    .map(key => [key, { ...common, uirevision: layout[key]?.type ?? "linear", ...layout[key] }]))

// `theme` gives the value of one of Streamlit's variables by the end of its name, "text-color" say.
export function withTheme(figure, theme, width) {
  const { data, layout } = coloured(figure, theme)
  const ink = theme("text-color"), line = theme("border-color")
  return { data, layout: {
    paper_bgcolor: theme("background-color"), plot_bgcolor: NOTHING, hovermode: "x unified", uirevision: "kept",
    margin: { l: 48, r: 12, t: 34, b: 36 }, showlegend: true, autosize: true,
    legend: { orientation: "h", x: 0.95, xanchor: "right", y: 1.02, yanchor: "bottom", bgcolor: NOTHING },
    ...layout, ...axesOf(layout, { gridcolor: line, zerolinecolor: line, linecolor: line, automargin: true }),
    ...(width < NARROW && { legend: BELOW }),
    font: { family: theme("font") || "sans-serif", size: 12, color: ink },
    modebar: { orientation: "v", bgcolor: NOTHING, color: theme("gray-color"), activecolor: theme("blue-color"),
      ...layout.modebar },
    hoverlabel: { bgcolor: theme("secondary-background-color"), font: { color: ink } },
  } }
}

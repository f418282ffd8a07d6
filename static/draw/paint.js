// Paints the sheet: its grid while the keyboard draws, its picture, its strokes and the keyboard's pen.

const { CELL, SIDE } = await import(`./strokes.js${new URL(import.meta.url).search}`)

export function paint(pad) {
  const { canvas } = pad
  const side = Math.max(1, Math.round(canvas.clientWidth * (window.devicePixelRatio || 1)))
  if (canvas.width !== side) canvas.width = canvas.height = side
  const pen = canvas.getContext("2d")
  const style = getComputedStyle(pad.draw)
  pen.setTransform(side / SIDE, 0, 0, side / SIDE, 0, 0)
  pen.clearRect(0, 0, SIDE, SIDE)
  if (pad.keys) {
    pen.strokeStyle = style.getPropertyValue("--st-gray-color")
    pen.globalAlpha = 0.25
    pen.lineWidth = 0.5
    pen.beginPath()
    for (let at = CELL; at < SIDE; at += CELL) {
      pen.moveTo(at, 0); pen.lineTo(at, SIDE); pen.moveTo(0, at); pen.lineTo(SIDE, at)
    }
    pen.stroke()
    pen.globalAlpha = 1
  }
  if (pad.picture?.complete) {
    pen.drawImage(pad.picture, 0, 0, SIDE, SIDE)
    pen.globalCompositeOperation = "source-in"
    pen.fillStyle = style.color
    pen.fillRect(0, 0, SIDE, SIDE)
    pen.globalCompositeOperation = "source-over"
  }
  pen.lineCap = pen.lineJoin = "round"
  pen.lineWidth = pad.brush
  pen.strokeStyle = style.color
  for (const stroke of pad.strokes) {
    pen.beginPath()
    pen.moveTo(...stroke[0])
    if (stroke.length === 1) pen.lineTo(stroke[0][0] + 0.01, stroke[0][1])
    for (const point of stroke) pen.lineTo(...point)
    pen.stroke()
  }
  if (pad.keys) {
    const [x, y] = pad.cell.map(c => c * CELL)
    pen.lineWidth = 2
    pen.strokeStyle = pen.fillStyle = style.getPropertyValue("--st-orange-color")
    pen.strokeRect(x, y, CELL, CELL)
    if (pad.pen === "keys") pen.fillRect(x, y, CELL, CELL)
  }
}

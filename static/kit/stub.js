const FILES = __FILES__  // what kit/component.py says of the component
const at = path => new URL(`app/static/${path}?v=${FILES.version}`, document.baseURI)
const sheet = async path => new CSSStyleSheet().replace(await (await fetch(at(path))).text())
const colours = new CSSStyleSheet().replace(FILES.colours)
const ready = Promise.all([import(at(FILES.script)), colours, ...FILES.sheets.map(sheet)])
export default component => {
  const place = component.parentElement
  const root = place.querySelector(".root")
  ready.then(([module, ...sheets]) => {
    if (!root.isConnected) return
    const scope = place.getRootNode()
    for (const each of sheets) if (!scope.adoptedStyleSheets.includes(each)) scope.adoptedStyleSheets.push(each)
    module.render(root, { ...component, data: component.data?.[0] })
  })
  return () => setTimeout(() => { if (!root.isConnected) ready.then(([module]) => module.forget?.(root)) })
}

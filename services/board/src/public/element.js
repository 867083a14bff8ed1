const SVG = 'http://www.w3.org/2000/svg'

/**
 * Makes an element. Texts become text nodes and never markup: what this page shows comes from outside.
 * @param {string} name tag name, with `svg:` before it for SVG
 * @param {Record<string, string | number | boolean | undefined>} attributes true sets an empty one, false and undefined none
 * @param {...(Node | string)} children
 */
export function element(name, attributes = {}, ...children) {
  const made = name.startsWith('svg:')
    ? document.createElementNS(SVG, name.slice(4))
    : document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : String(value))
  }
  made.append(...children)
  return made
}

/** Sets an element's text when it is another; true when it was. */
export function setText(target, text) {
  if (target.textContent === text) return false
  target.textContent = text
  return true
}

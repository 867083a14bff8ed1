const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Plain text as HTML; what stands between backticks is code. */
export function text(plain: string): string {
  return escaped(plain).replace(/`([^`]+)`/g, '<code>$1</code>')
}

export function code(plain: string): string {
  return `<code>${escaped(plain)}</code>`
}

export function link(name: string): string {
  return `<a href="#${escaped(name)}">${escaped(name)}</a>`
}

/** A value as indented JSON. */
export function json(value: unknown): string {
  return `<pre><code>${escaped(JSON.stringify(value, null, 2))}</code></pre>`
}

/** A column without head and content is left out. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const used = head.flatMap((cell, column) => (cell || rows.some((row) => row[column]) ? [column] : []))
  const heads = used.map((column) => `<th scope="col">${head[column]}</th>`).join('')
  const body = rows
    .map((row) => `<tr>${used.map((column) => `<td>${row[column] ?? ''}</td>`).join('')}</tr>`)
    .join('\n')
  return `<div class="wide"><table><thead><tr>${heads}</tr></thead>\n<tbody>${body}</tbody></table></div>`
}

function escaped(plain: string): string {
  return plain.replace(/[&<>"']/g, (char) => ESCAPES[char] ?? char)
}

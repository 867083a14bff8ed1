/** An SQL string literal. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

// Definitions in a folder of the user's own, outside the checkout, import `millrace/kpis` and
// `millrace/experiments`, and are modules whether or not
// a package.json there says so.
const OFFERED = {
  'millrace/experiments': new URL('../../../packages/experiments/src/define-experiment.ts', import.meta.url)
    .href,
  'millrace/kpis': new URL('../../../packages/kpis/src/define-kpi.ts', import.meta.url).href,
}

export async function resolve(specifier, context, next) {
  const found = await next(OFFERED[specifier] ?? specifier, context)
  if (!/\.ts(\?|$)/.test(found.url)) return found
  return { ...found, format: (found.format ?? 'module').replace('commonjs', 'module') }
}

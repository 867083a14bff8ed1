import path from 'node:path'
import { type ImportFact, readSourceFacts } from './source-facts.ts'

export interface SourceFile {
  /** From the checkout's top, with `/`. */
  readonly path: string
  readonly source: string
}

const MAX_LINES = 250
const FORBIDDEN_FOLDERS = new Set(['utils', 'common', 'helpers', 'types'])
/** Adapters of a port that only the port's own `open-….ts` may pick; the embedded ones are anybody's. */
const ADAPTERS = new Set(['kafka', 's3', 'bullmq'])
/** They pick adapters by configuration: for a process's own start, `run-….ts`, and for commands. */
const OPENS = /^(event-log\/open-log|archive\/open-archive|job-queue\/open-job-queue)$/
/** What of a service the CLI may import. */
const FOR_CLI = /^((create|read|run)-|config$)/
const ONLY_CONTRACTS = { packages: ['contracts'] }

/** docs/design.md section 2: which of our packages a package may import, and which of npm's where that is limited. */
const MAY_IMPORT: Readonly<
  Record<string, { packages: readonly string[]; npm?: readonly string[]; types?: true }>
> = {
  contracts: { packages: [], npm: ['zod'] },
  scrub: ONLY_CONTRACTS,
  kpis: ONLY_CONTRACTS,
  experiments: ONLY_CONTRACTS,
  'event-log': ONLY_CONTRACTS,
  archive: ONLY_CONTRACTS,
  'job-queue': ONLY_CONTRACTS,
  runtime: ONLY_CONTRACTS,
  warehouse: { packages: ['contracts', 'kpis'] },
  browser: { packages: ['contracts'], types: true },
  node: { packages: ['contracts'], types: true },
}

/** What a source file does that the layout forbids, one sentence a violation. `services` are the names of the services. */
export function findViolations(file: SourceFile, services: ReadonlySet<string>): readonly string[] {
  const [kind = '', owner = '', ...below] = file.path.split('/')
  const isTest = kind === 'test' || file.path.endsWith('.test.ts')
  const { imports, readsEnvironment } = readSourceFacts(file.path, file.source)
  const said = [...nameViolations(file, isTest)]
  if (readsEnvironment && !isTest && kind !== 'ops' && !/(^|\/)(main\.ts|bin\/[^/]+)$/.test(file.path)) {
    said.push('reads process.env: only main.ts and bin/ may')
  }
  if (kind === 'packages' || kind === 'services') {
    for (const fact of imports) {
      const problem = importViolation({ kind, owner, below, isTest, fact, services, file: file.path })
      if (problem) said.push(`imports ${fact.name}: ${problem}`)
    }
  }
  return said.map((sentence) => `${file.path} ${sentence}`)
}

function nameViolations({ path: file, source }: SourceFile, isTest: boolean): readonly string[] {
  const said: string[] = []
  const folders = file.split('/')
  const name = folders.pop() ?? ''
  if (/^index\.[cm]?[jt]sx?$/.test(name)) said.push('is an index file: name it after its main function')
  const forbidden = folders.find((folder) => FORBIDDEN_FOLDERS.has(folder))
  if (forbidden) said.push(`lies in a folder "${forbidden}": name folders after what they are about`)
  const lines = source.trimEnd().split('\n').length
  if (lines > MAX_LINES && !isTest && !folders.includes('generated')) {
    said.push(`has ${lines} lines, more than ${MAX_LINES}`)
  }
  return said
}

interface ImportQuestion {
  readonly kind: 'packages' | 'services'
  readonly owner: string
  readonly below: readonly string[]
  readonly isTest: boolean
  readonly fact: ImportFact
  readonly services: ReadonlySet<string>
  readonly file: string
}

function importViolation(question: ImportQuestion): string | undefined {
  const { fact } = question
  if (fact.name.startsWith('.')) return relativeViolation(question)
  const [scope, target = '', ...rest] = fact.name.split('/')
  if (scope === '@millrace') return ownViolation(question, target, rest.join('/'))
  if (question.isTest) return undefined
  const npm = MAY_IMPORT[question.owner]?.npm
  const packageName = scope?.startsWith('@') ? `${scope}/${target}` : (scope ?? '')
  if (question.kind === 'packages' && npm && !npm.includes(packageName))
    return `may import only ${npm.join(', ')}`
  return undefined
}

function relativeViolation({ kind, owner, isTest, fact, file }: ImportQuestion): string | undefined {
  const target = path.posix.join(path.posix.dirname(file), fact.name)
  if (target.startsWith(`${kind}/${owner}/`)) return undefined
  if (isTest && target.startsWith('test/')) return undefined
  return 'leaves its own package: import it by its package name'
}

function ownViolation(question: ImportQuestion, target: string, file: string): string | undefined {
  const { kind, owner, below, isTest, fact, services } = question
  if (kind === 'packages') {
    const allowed = MAY_IMPORT[owner]
    if (!allowed) return `packages/${owner} is not in the import table`
    if (target === owner || isTest) return undefined
    if (!allowed.packages.includes(target))
      return `${owner} may import only ${allowed.packages.join(', ') || 'zod'}`
    return allowed.types && !fact.typeOnly ? 'only its types may be imported' : undefined
  }
  if (target === owner) return undefined
  if (services.has(target)) {
    if (owner !== 'cli') return 'a service may not import another'
    return FOR_CLI.test(file)
      ? undefined
      : 'only its create…, read…, run… and its configuration are for the CLI'
  }
  if (isTest) return undefined
  if (ADAPTERS.has(file)) return 'an adapter is picked by its open-….ts'
  const opens = owner === 'cli' || below.at(-1)?.startsWith('run-')
  return OPENS.test(`${target}/${file}`) && !opens ? 'adapters are opened in run-….ts' : undefined
}

import { createFolderArchive } from '@millrace/archive/folder'

/** A process to be killed: puts and replaces objects and says what it has been promised, a line each. */
const [folder = '', name = ''] = process.argv.slice(2)
const archive = createFolderArchive({ folder })
const own = (n: number) => `own/${name}/${n}`
for (let n = 0; ; n++) {
  await archive.putIfAbsent(own(n), Buffer.from(`${name} ${n} ${'x'.repeat(20_000)}`), { n: `${name} ${n}` })
  process.stdout.write(`put ${own(n)}\n`)
  const shared = await archive.head('shared')
  if (!shared) continue
  const next = `${Number(shared.metadata.n) + 1}`
  const answer = await archive.replaceIfUnchanged('shared', shared.etag, Buffer.from(next), { n: next })
  if (answer === 'replaced') process.stdout.write(`replaced ${next}\n`)
}

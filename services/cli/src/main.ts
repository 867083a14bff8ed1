import { runCli } from './run-cli.ts'

// A reader that has seen enough (`| head`) is no failure of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  if (error.code !== 'EIO') throw error
})
// The terminal was closed, or the disk of a log is full: what was to be said is lost, what is to be done is not.
process.stderr.on('error', () => {})

await runCli(process.argv.slice(2), {
  env: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  exitWith: (code) => {
    process.exitCode = code
  },
  now: () => new Date(),
})

import { runCli } from './run-cli.ts'

await runCli(process.argv.slice(2), {
  env: process.env,
  out: (line) => process.stdout.write(`${line}\n`),
  note: (line) => process.stderr.write(`${line}\n`),
  exitWith: (code) => {
    process.exitCode = code
  },
  now: () => new Date(),
})

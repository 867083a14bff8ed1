// `node check-health.mjs http://127.0.0.1:8080/health/ready`: exit 0 when the service is ready. For container engines:
// the image has no curl.
const [address] = process.argv.slice(2)
try {
  const { ok } = await fetch(address, { signal: AbortSignal.timeout(4_000) })
  process.exitCode = ok ? 0 : 1
} catch {
  process.exitCode = 1
}

import { hash } from 'node:crypto'

/** `u` a user id, `a` an anonymous id, `i` another identifier in which personal data was found, `k` the key itself. */
export type PseudonymKind = 'u' | 'a' | 'i' | 'k'

export type Pseudonyms = (kind: PseudonymKind, id: string) => string

const BLOCK = 64
const DIGEST = 32
const SCRATCH = 1_024
/** A batch repeats its people: an entry answers in 0.1 µs instead of 1.1 µs. 20,000 take about 4 MB. */
const CACHED = 20_000
const LONGEST_CACHED = 128

/**
 * HMAC-SHA256 of the kind, `:` and the id, its first 128 bits as a uuid; the same for the same key, for ever.
 * Written out over the one-shot hash, which takes two thirds of the time of createHmac.
 */
export function createPseudonyms(key: string | Uint8Array): Pseudonyms {
  const { inner, outer } = paddedKey(typeof key === 'string' ? Buffer.from(key, 'utf8') : key)
  const cached = new Map<string, string>()

  const scratch = Buffer.concat([inner, Buffer.alloc(SCRATCH)])

  function compute(message: string): string {
    // A character takes at most 3 bytes.
    const short = message.length * 3 <= SCRATCH
    const input = short ? scratch : Buffer.concat([inner, Buffer.alloc(message.length * 3)])
    const length = input.write(message, BLOCK)
    outer.write(hash('sha256', input.subarray(0, BLOCK + length), 'hex'), BLOCK, 'hex')
    return asUuid(hash('sha256', outer, 'hex'))
  }

  return function pseudonym(kind, id) {
    const message = `${kind}:${id}`
    const known = cached.get(message)
    if (known !== undefined) return known
    const made = compute(message)
    if (message.length <= LONGEST_CACHED) {
      if (cached.size >= CACHED) cached.clear()
      cached.set(message, made)
    }
    return made
  }
}

/** Eight hexadecimal digits by which two keys are told apart; they tell nothing of the key. */
export function keyFingerprint(key: string | Uint8Array): string {
  return createPseudonyms(key)('k', 'fingerprint').slice(0, 8)
}

function paddedKey(key: Uint8Array): { inner: Buffer; outer: Buffer } {
  const short = key.length > BLOCK ? hash('sha256', key, 'buffer') : key
  const inner = Buffer.alloc(BLOCK, 0x36)
  const outer = Buffer.alloc(BLOCK + DIGEST, 0x5c)
  short.forEach((byte, i) => {
    inner[i] = byte ^ 0x36
    outer[i] = byte ^ 0x5c
  })
  return { inner, outer }
}

function asUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

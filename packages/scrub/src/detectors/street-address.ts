export const SAYS_ADDRESS =
  /address|\bship|deliver|\bsend\b|dispatch|\blives? (?:at|in|on)\b|\bmoved to\b|\bcorner of\b|street|\bst\b|road|\brd\b|avenue|\bave\b|\blane\b|drive|\bcourt\b|crescent|\bclose\b|boulevard|\bblvd|terrace|\brue\b|\bvia\b|\bcalle\b|\brua\b|avenida|stra(?:ss|ß)e|\bstr\.|gasse|\bweg\b|platz|straat|\bulica\b|\bul\.|\bbox\b|\bpsc\b|\b[afd]po\b|adresse|anschrift|direcci/i

const NUMBER = '\\d{1,5}[a-zA-Z]?(?:[/-]\\d{1,4})?'
const NAME = "\\p{Lu}[\\p{L}\\p{M}.'’-]{1,30}"
const ENGLISH =
  '(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Court|Ct|Crescent|Close|Boulevard|Blvd|Terrace|Way|Parkway|Pkwy|Square|Highway|Hwy)'
const UNIT = '(?:,? (?:Apt|Suite|Unit|Flat|Apartment|Ste|#)\\.? ?[\\dA-Z]{1,5})?'
const BY_FORM = new RegExp(
  [
    `(?<![\\p{L}\\d.-])${NUMBER},? (?:${NAME} ){1,3}${ENGLISH}\\b\\.?${UNIT}`,
    `(?<![\\p{L}\\d.-])(?:${NUMBER},? )?(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Vv]ia|[Cc]alle|[Rr]ua|[Vv]iale|[Pp]iazza|[Cc]orso) (?:(?:de|du|des|la|le|del|della|da|do|dos) ){0,2}${NAME}(?: ${NAME}){0,3},? ${NUMBER}(?![\\d.,])`,
    `(?<![\\p{L}\\d.-])${NUMBER},? (?:bis |ter )?(?:rue|avenue|boulevard|allée|chemin|place) (?:(?:de|du|des|la|le|l') ?){0,2}${NAME}(?: ${NAME}){0,3}`,
    `(?<![\\p{L}])(?:${NAME} ){0,2}\\p{Lu}?[\\p{L}-]{2,30}(?:stra(?:ss|ß)e|str\\.|gasse|platz|allee|straat|laan|weg) ${NUMBER}(?![\\d.,])`,
    '(?<![\\p{L}])(?:PSC|CMR|Unit) \\d{1,5},? Box \\d{1,5}(?:,? [AFD]PO A[AEP] \\d{5})?',
    '(?<![\\p{L}])(?:[Pp]\\.? ?[Oo]\\.? ?|Post ?)[Bb]ox \\d{1,6}',
  ].join('|'),
  'gu',
)

/** Words after which an address stands, surely (`address is`) or where it looks like one (`deliver … to`). */
const SURE =
  '(?:(?:address|adresse|anschrift|dirección|direccion|indirizzo)(?:(?: is| was| ist| est| es)[ :]{1,2}(?!not )|[:=] ?)|\\blives? at )'
const MAYBE =
  '(?:\\b(?:ship|deliver|send|dispatch|post|mail|return|redirect|forward|sent|shipped|delivered)\\b[^.!?\\n]{0,90}?\\bto[ :]{1,3}|\\blives? (?:in|on) |\\bmoved to |\\bthe corner of )'
const AFTER_WORDS = new RegExp(`(${SURE})|(${MAYBE})`, 'gi')
const END_WORD =
  /[\n;!?()"<>]|[,.]? (?:please|because|but|asap|before|instead|thanks|thank|wrong|when|if|not|was|is|has|it|by|as|for|in|within|until|or|my|and (?:the|it|i|we|get|please|not|then|my|all|for|is)|order)(?![\p{L}\d])/iu
const END_OF_SENTENCE = /\.(?= \p{Lu}\p{L}{2,30} \p{Ll}|\s{0,3}$)/u
/** `St. James Road`, `ul. Długa`: no sentence ends there. */
const ABBREVIATED = /(?:^|[ .])(?:st|apt|str|no|nr|ul|ave|rd|blvd|u|dr|sq|pl|av|ste)$/i
const LONGEST = 140

const SAYS_STREET = new RegExp(
  `${SAYS_ADDRESS.source}|(?<!\\p{L})(?:apt|suite|unit|flat|floor|ut|út|way|park|plaza|plein|plaats|kuja|tie|gatan|vej|vägen|u\\.)(?!\\p{L})`,
  'iu',
)
/** `velký průhon 426`, `26 Agip`: a number with a name, as on a house. */
const NUMBERED = /^\d{1,5}\p{L}? .{0,60}\p{L}{3}|\p{L}{3,} \d{1,4}\p{L}?\.?(?:,|$)/u
const CAPITALISED = /(?:^| )\p{Lu}/u

/** Replaces street and post-box addresses by `[address]`: by the words before, or by a form that says street. */
export function maskStreetAddresses(text: string): string {
  return maskAfterWords(text).replace(BY_FORM, '[address]')
}

function maskAfterWords(text: string): string {
  let masked = ''
  let done = 0
  for (const found of text.matchAll(AFTER_WORDS)) {
    const start = found.index + (/\bthe corner of $/i.test(found[0]) ? 0 : found[0].length)
    if (start < done) continue
    const address = upToEnd(text.slice(start, start + LONGEST))
    if (!isAddress(address, found[1] !== undefined)) continue
    masked += `${text.slice(done, start)}[address]`
    done = start + address.length
  }
  return done === 0 ? text : masked + text.slice(done)
}

function upToEnd(rest: string): string {
  const word = rest.search(END_WORD)
  const sentence = sentenceEnd(rest)
  return rest.slice(0, Math.min(word === -1 ? rest.length : word, sentence)).trimEnd()
}

function sentenceEnd(rest: string): number {
  let from = 0
  for (;;) {
    const end = rest.slice(from).search(END_OF_SENTENCE)
    if (end === -1) return rest.length
    if (!ABBREVIATED.test(rest.slice(0, from + end))) return from + end
    from += end + 1
  }
}

function isAddress(found: string, sure: boolean): boolean {
  if (!/\d/.test(found) || /^\d+$/.test(found)) return false
  if (sure) return true
  if (SAYS_STREET.test(found)) return true
  return NUMBERED.test(found) && (CAPITALISED.test(found) || found.includes(','))
}

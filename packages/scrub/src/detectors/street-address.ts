import { caseless } from './caseless.ts'
import { MAYBE, STREET_FORMS, SURELY } from './street-words.ts'

const BY_FORM = new RegExp(STREET_FORMS.join('|'), 'gu')
const AFTER_WORDS = caseless(`(?<![\\p{L}])(?:(${SURELY})|(${MAYBE}))`, 'g')
const END_WORD = caseless(
  /[\n;!?()"<>|]|[,.]? (?:please|because|but|asap|before|instead|thanks|thank|wrong|when|if|not|was|is|has|had|it|by|as|for|in|within|until|or|my|last|next|failed|today|yesterday|tomorrow|and (?:the|it|i|we|get|please|not|then|my|all|for|is)|order|bitte|danke|und|aber|gracias|por favor|merci|svp|grazie|obrigado|aub|tack)(?![\p{L}\d])/u
    .source,
)
const END_OF_SENTENCE =
  /\.(?= (?!(?:Apt|Suite|Unit|Flat|Ste|Floor|Top)\b)\p{Lu}\p{L}{2,30}(?: \p{Ll}|[,.!?]|\s{0,3}$)|\s{0,3}$)/u
/** `St. James Road`, `ul. Długa`: no sentence ends there. */
const ABBREVIATED = /(?:^|[ .])(?:st|apt|str|no|nr|ul|al|os|ave|rd|blvd|u|dr|sq|pl|av|ste|n|nº)$/i
const LONGEST = 140

const SAYS_STREET = caseless(
  /corner of|street|road|avenue|boulevard|stra(?:ss|ß)e|straat|gasse|platz|(?<!\p{L})(?:st|rd|ave|ln|lane|drive|court|crescent|close|blvd|terrace|rue|via|viale|piazza|calle|paseo|plaza|rua|avenida|str|weg|ring|laan|plein|ulica|ul|gatan|vägen|vej|gade|katu|tie|kuja|utca|út|ut|náměstí|way|park|plaats|box|psc|apo|dpo|fpo|apt|suite|unit|flat|floor|u)(?!\p{L})/u
    .source,
)
/** `velký průhon 426`, `26 Agip`: a number with a name, as on a house. */
const NUMBERED = /^\d{1,6}\p{L}? .{0,60}\p{L}{3}|\p{L}{3,},? \d{1,4}\p{L}?\.?(?:,| \p{L}{1,3},|$)/u
const CAPITALISED = /(?:^| )\p{Lu}/u
/** Two words and a number: an address but for these. */
const PLACE_AND_NUMBER = /^\p{L}[\p{L}'’.-]*(?: \p{L}[\p{L}'’.-]*){1,4} \d{1,4}\p{L}?(?:\/\d{1,4})?\.?$/u
const NO_STREET =
  /(?<!\p{L})(?:level|page|step|version|store|locker|point|room|table|gate|desk|booth|printer|port|queue|topic|line|row|column|section|chapter|part|phase|stage|list|group|team|users?|orders?|items?|bin|shelf|aisle|warehouse|depot|hub|zone|slot|position|rank|about|over|under|around|almost|only|just|first|days?|weeks?|months?|years?|hours?|minutes?|seconds?|packs?|boxes|pieces)(?!\p{L})/u

/** Replaces street and post-box addresses by `[address]`, where their form says so. */
export function maskStreets(text: string): string {
  return text.replace(BY_FORM, '[address]')
}

/** The same for what stands after words like `deliver to`, whatever its form. */
export function maskNamedAddresses(text: string): string {
  let masked = ''
  let done = 0
  for (const found of text.matchAll(AFTER_WORDS)) {
    const start = found.index + (/\bthe corner of $/i.test(found[0]) ? 0 : found[0].length)
    if (start < done) continue
    const address = addressAt(text, start, found[1] !== undefined)
    if (address === '') continue
    masked += `${text.slice(done, start)}[address]`
    done = start + address.length
  }
  return done === 0 ? text : masked + text.slice(done)
}

/** The address that stands there, `sure` where the words before leave no doubt; empty where none does. */
export function addressAt(text: string, start: number, sure: boolean): string {
  const address = upToEnd(text.slice(start, start + LONGEST))
  return isAddress(address, sure) ? address : ''
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
  if (NO_STREET.test(found)) return false
  if (PLACE_AND_NUMBER.test(found)) return true
  return NUMBERED.test(found) && (CAPITALISED.test(found) || found.includes(','))
}

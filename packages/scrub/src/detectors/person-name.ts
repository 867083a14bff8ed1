import {
  CAPITAL_NAME,
  CASUAL_FAREWELL,
  COMMON,
  DOES,
  FAREWELL,
  GREETING,
  HAIL,
  INTRODUCTION,
  LINK,
  MENTION,
  NAME,
  NOBODY,
  PARTICLE,
  SMALL_NAME,
  SMALL_WORDS,
  STATEMENT,
  TITLE,
} from './name-words.ts'

const START = '(?<![\\p{L}])'
const INTRODUCED = new RegExp(`(${START}(?:${INTRODUCTION})[ :,]{1,3})(${NAME})`, 'gu')
const LABELLED = new RegExp(
  `((?:^|[.,;:!?(\\n|] {0,2}|(?<=(?:full|first|last|customer|recipient|contact|billing|shipping|account|holder|cardholder|your|user) ))(?:[Nn]ame|NAME|[Nn]ombre|[Nn]om|[Nn]ome|[Nn]aam|[Nn]amn|[Nn]avn|[Ii]mię|[Rr]ecipient|[Cc]ustomer|[Kk]unde|[Kk]undin|[Aa]ttn|[Ss]igned(?: by)?|[Cc]ontact(?: person)?|[Oo]rdered by|[Pp]assenger|[Gg]uest|[Pp]atient|[Bb]uyer|[Aa]uthor|[Ss]ender|[Hh]older|[Nn]ame on card)\\.? ?[:=] ?)(${NAME})(?![\\p{L}\\d_])`,
  'gu',
)
const GREETED = new RegExp(
  `(${START}(?:${GREETING}) (?:(?:${TITLE}|Dr|Prof)\\.? ){0,2})(?:(${CAPITAL_NAME})(?= ?[,!:\\n]| -|$)|(${SMALL_NAME})(?= ?[,!:\\n]))`,
  'gu',
)
const HAILED = new RegExp(`(${START}(?:${HAIL}) )(${NAME})(?= ?[,!\\n]| - )`, 'gu')
const SIGNED = new RegExp(
  `((?:(?:${FAREWELL})[,.!]?\\s{1,3}|${START}(?:${CASUAL_FAREWELL})(?:[,.!]\\s{1,3}|\\s{0,2}\\n\\s{0,2})))(${CAPITAL_NAME})(?=[.!]?\\s{0,3}$|\\n)`,
  'gu',
)
const SIGNED_SMALL = new RegExp(
  `((?:[Rr]egards|[Ss]incerely|Gr(?:ü|ue)(?:ß|ss)en?|[Cc]ordialement|[Ss]aludos|[Ss]aluti),\\s{1,3})(${SMALL_NAME})(?=[.!]?\\s{0,3}$|\\n)`,
  'gu',
)
const CAPITAL_WORD = "\\p{Lu}(?:\\.|[\\p{L}\\p{M}'’-]{0,30})"
const TITLED = new RegExp(
  `(${START}(?:${TITLE})\\.? (?:(?:Dr|Prof|Mag|Ing|Dipl)\\.? ){0,2})(${CAPITAL_WORD}(?: (?:${PARTICLE} ){0,2}${CAPITAL_WORD}){0,3})`,
  'gu',
)
/** Without capitals only where nothing else follows. */
const TITLED_SMALL = new RegExp(
  `(${START}(?:Mr|Mrs|Ms|Herrn?|Frau|Señora?|Signora?|Madame|Monsieur)\\.? )(${SMALL_NAME})(?=[,;!?]| please|$)`,
  'gu',
)
const MENTIONED = new RegExp(
  `(${START}(?<!\\p{Lu}\\p{Ll}{1,20} )(?:${MENTION}|${STATEMENT}) )(${CAPITAL_WORD}(?: (?:${PARTICLE} ){0,2}${CAPITAL_WORD}){1,3})(?![\\p{L}])`,
  'gu',
)
const SPEAKING = new RegExp(
  `([Tt]his is )(${CAPITAL_NAME})(?=,? (?:from|speaking|calling|here|again)(?![\\p{L}]))`,
  'gu',
)
/** `Hello, … here.` */
const HERE = new RegExp(`((?:${HAIL}),? )(${CAPITAL_NAME})(?= here(?![\\p{L}]))`, 'gu')
const TITLE_CASE = "\\p{Lu}(?:\\.|['’]?(?:\\p{Lu}?[\\p{Ll}\\p{M}]+[-'’]?){1,3}|(?= ))"
const TWO_WORDS = `${TITLE_CASE}(?: (?:${PARTICLE} ){0,2}${TITLE_CASE}){1,3}`
/** A doctor has two names here: brands have one. */
const DOCTOR = new RegExp(`(${START}(?:Dr|Prof|Mag|Ing)\\.? )(${TWO_WORDS})(?![\\p{L}\\d])`, 'gu')
const LINKED = new RegExp(`(${START}(?:${LINK}) )(${TWO_WORDS})(?![\\p{L}\\d]| \\d)`, 'gu')
const DOING = new RegExp(`((?:^|[.!?:\\n-] ?))(${TWO_WORDS})(?=,? (?:${DOES})(?![\\p{L}]))`, 'gu')

const PATTERNS = [
  INTRODUCED,
  LABELLED,
  GREETED,
  HAILED,
  TITLED,
  TITLED_SMALL,
  MENTIONED,
  SPEAKING,
  HERE,
  SIGNED,
  SIGNED_SMALL,
]

/** As a name alone would stand: what is asked first, since few texts have one. */
const TWO_CAPITALS = new RegExp(TWO_WORDS, 'u')

/** Replaces names by `[name]` after words that a thing may follow as well: `for …`, `by …`. */
export function maskLinkedNames(text: string): string {
  if (!TWO_CAPITALS.test(text)) return text
  return [DOCTOR, LINKED, DOING].reduce((masked, pattern) => masked.replace(pattern, maskUncommon), text)
}

/** Places, firms and things have a common word in them, or are written in capitals. */
function maskUncommon(found: string, before: string, name: string): string {
  const words = name.toLowerCase().split(' ')
  return words.some((word) => COMMON.has(word) || /['’]s$/.test(word)) || NOBODY.test(name)
    ? found
    : `${before}[name]`
}

/** Replaces names by `[name]` where the words around say that one stands there; a name alone is not recognised. */
export function maskPersonNames(text: string): string {
  return PATTERNS.reduce((masked, pattern) => masked.replace(pattern, maskName), text)
}

function maskName(found: string, before: string, name: string | undefined, small: unknown): string {
  const said = name ?? (typeof small === 'string' ? small : '')
  return NOBODY.test(said) || SMALL_WORDS.test(said) ? found : `${before}[name]`
}

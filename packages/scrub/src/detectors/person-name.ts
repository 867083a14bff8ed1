import {
  CAPITAL_NAME,
  FAREWELL,
  GREETING,
  HAIL,
  INTRODUCTION,
  MENTION,
  NAME,
  NOBODY,
  PARTICLE,
  SMALL_NAME,
  STATEMENT,
  TITLE,
} from './name-words.ts'

const START = '(?<![\\p{L}])'
const INTRODUCED = new RegExp(`(${START}(?:${INTRODUCTION})[ :,]{1,3})(${NAME})`, 'gu')
const LABELLED = new RegExp(
  `((?:^|[.,;:!?(\\n|] {0,2}|(?<=(?:full|first|last|customer|recipient|contact|billing|shipping|account|holder|cardholder|your|user) ))(?:[Nn]ame|NAME|[Nn]ombre|[Nn]om|[Nn]ome|[Nn]aam|[Nn]amn|[Nn]avn|[Ii]mię|[Rr]ecipient|[Cc]ustomer|[Kk]unde|[Kk]undin|[Aa]ttn|[Ss]igned|[Cc]ontact(?: person)?|[Oo]rdered by)\\.? ?[:=] ?)(${NAME})(?![\\p{L}\\d_])`,
  'gu',
)
const GREETED = new RegExp(
  `(${START}(?:${GREETING}) (?:(?:${TITLE}|Dr|Prof)\\.? ){0,2})(?:(${CAPITAL_NAME})(?= ?[,!:\\n]| -|$)|(${SMALL_NAME})(?= ?[,!:\\n]))`,
  'gu',
)
const HAILED = new RegExp(`(${START}(?:${HAIL}) )(${NAME})(?= ?[,!\\n]| - )`, 'gu')
const SIGNED = new RegExp(`((?:${FAREWELL})[,.!]?\\s{1,3})(${CAPITAL_NAME})(?=[.!]?\\s{0,3}$|\\n)`, 'gu')
const SIGNED_SMALL = new RegExp(
  `((?:[Rr]egards|[Ss]incerely|Gr(?:ü|ue)(?:ß|ss)en?|[Cc]ordialement|[Ss]aludos|[Ss]aluti),\\s{1,3})(${SMALL_NAME})(?=[.!]?\\s{0,3}$|\\n)`,
  'gu',
)
const CAPITAL_WORD = "\\p{Lu}(?:\\.|[\\p{L}\\p{M}'’-]{1,30})"
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
  `(${START}(?:${MENTION}|${STATEMENT}) )(${CAPITAL_WORD}(?: (?:${PARTICLE} ){0,2}${CAPITAL_WORD}){1,3})(?![\\p{L}])`,
  'gu',
)
const SPEAKING = new RegExp(
  `([Tt]his is )(${CAPITAL_NAME})(?=,? (?:from|speaking|calling|here|again)(?![\\p{L}]))`,
  'gu',
)

const PATTERNS = [
  INTRODUCED,
  LABELLED,
  GREETED,
  HAILED,
  TITLED,
  TITLED_SMALL,
  MENTIONED,
  SPEAKING,
  SIGNED,
  SIGNED_SMALL,
]

/** Replaces names by `[name]` where the words around say that one stands there; a name alone is not recognised. */
export function maskPersonNames(text: string): string {
  return PATTERNS.reduce((masked, pattern) => masked.replace(pattern, maskName), text)
}

function maskName(found: string, before: string, name: string | undefined, small: unknown): string {
  const said = name ?? (typeof small === 'string' ? small : '')
  return NOBODY.test(said) ? found : `${before}[name]`
}

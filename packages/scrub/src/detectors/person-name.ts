export const SAYS_NAME =
  /\bname(?:'?s)?\b|\bdear\b|\bhello\b|\bhi\b|\bhey\b|\bm(?:r|rs|s|iss)\b|\bherr|\bfrau\b|\bcalled\b|\bi['’]?m\b|\bi am\b|this is|client|patient|passenger|contact|(?:ordered|placed) by|thanks|regards|sincerely|\bcheers\b|hei(?:ß|ss)e|appelle|llamo|chiamo|recipient|customer|attn|signed|gr(?:ü|ue)(?:ß|ss)e|speaking|liebe|\bcher|estimad|gentile|señor|signor|madame|monsieur/i

const WORD = "\\p{L}[\\p{L}\\p{M}'’-]{0,30}"
const CAPITAL = `\\p{Lu}[\\p{L}\\p{M}'’-]{0,30}`
const PARTICLE = '(?:de|del|della|di|da|dos|du|van|von|der|den|ten|la|le|al|el|bin|ibn|zu|st\\.?|of|y|e|O|D)'
/** Begins with a capital: goes on while the words do, over particles and initials. */
const CAPITAL_NAME = `${CAPITAL}(?:\\.?(?: ${PARTICLE}){0,2} ${CAPITAL}){0,4}`
const ENDS =
  '(?:and|or|but|the|a|an|i|my|your|you|we|from|with|at|in|on|for|to|is|was|are|of|not|has|have|had|order|who|please|thanks|thank|und|et|y|e|here|that|this|it|im|about|regarding|by|so|because|called|tel|phone|email|e-mail|mail|address)'
/** Typed without capitals: up to three words, ended by a word that no name has. */
const SMALL_NAME = `(?!${ENDS}\\b)${WORD}(?: (?!${ENDS}\\b)${WORD}){0,3}`
const NAME = `(?:${CAPITAL_NAME}|${SMALL_NAME})`

const INTRODUCED = new RegExp(
  `((?<![\\p{L}])(?:[Mm]y (?:full |real )?name(?:'s| is)|[Ii] am called|[Ii]ch hei(?:ß|ss)e|[Mm]ein [Nn]ame ist|[Jj]e m'appelle|[Mm]e llamo|[Mm]i chiamo)[ :]{1,3})(${NAME})`,
  'gu',
)
const LABELLED = new RegExp(
  `((?:^|[.,;:!?(\\n|] {0,2}|(?<=(?:full|first|last|customer|recipient|contact|billing|shipping|account|holder|cardholder|your|user) ))(?:[Nn]ame|NAME|[Rr]ecipient|[Cc]ustomer|[Aa]ttn|[Ss]igned|[Cc]ontact(?: person)?|[Oo]rdered by)\\.? ?[:=] ?)(${NAME})(?![\\p{L}\\d_])`,
  'gu',
)
/** Who is greeted without being named, and what brands begin like a person. */
const NOBODY =
  /^(?:customers?|sirs?|madam|team|all|friends?|shop|store|support|users?|subscribers?|valued|guests?|members?|colleagues?|everyone|everybody|folks|there|guys|world|kitty|again|both|service|staff|santa|hiring|diary|care|success|experience|satisfaction|reviews?|robot|muscle|clean|bean|potato|coffee|fothergill|men|beast|kipling|universe|id|number|account|order|data|journey|panel|area|login|portal)\b/i
const GREETED = new RegExp(
  `((?<![\\p{L}])(?:[Dd]ear|[Ll]iebe[r]?|[Cc]h(?:er|ère)|[Ee]stimad[oa]|[Gg]entile) )(${NAME})(?= ?[,!:\\n]| -|$)`,
  'gu',
)
/** `Hello Sailor Bathroom Set` is an article: only before a comma or the like. */
const HAILED = new RegExp(`((?<![\\p{L}])(?:[Hh]i|[Hh]ello|[Hh]ey|[Hh]allo) )(${NAME})(?= ?[,!\\n])`, 'gu')
const SIGNED = new RegExp(
  `((?:[Rr]egards|[Ss]incerely|[Cc]heers|[Tt]hanks|Gr(?:ü|ue)(?:ß|ss)e),?\\s{1,3})(${CAPITAL_NAME})(?=\\s{0,3}$|\\n)`,
  'gu',
)
const TITLED = new RegExp(
  `((?<![\\p{L}])(?:Mr|Mrs|Ms|Miss|Mx|Herrn?|Frau|Señora?|Signora?|Madame|Monsieur)\\.? (?:(?:Dr|Prof|Mag|Ing|Dipl)\\.? ){0,2})(\\p{Lu}(?:\\.|[\\p{Ll}'’-]{1,30})(?: (?:${PARTICLE} )?\\p{Lu}(?:\\.|[\\p{Ll}\\p{Lu}'’-]{1,30})){0,3})`,
  'gu',
)

/** Two capitalised words after words that mostly, not always, bring a person. */
const MENTIONED =
  /((?<![\p{L}])(?:[Cc]ustomer|[Cc]lient|[Pp]atient|[Pp]assenger|[Oo]rdered by|[Pp]laced by|[Ss]igned by|I'm|I’m|I am) )(\p{Lu}[\p{Ll}'’-]{1,30}(?: \p{Lu}[\p{Ll}'’-]{1,30}){1,2})(?![\p{L}])/gu
const SPEAKING = new RegExp(
  `([Tt]his is )(${CAPITAL_NAME})(?=,? (?:from|speaking|calling|here|again)(?![\\p{L}]))`,
  'gu',
)

const PATTERNS = [INTRODUCED, LABELLED, GREETED, HAILED, TITLED, MENTIONED, SPEAKING, SIGNED]

/** Replaces names by `[name]` where the words around say that one stands there; a name alone is not recognised. */
export function maskPersonNames(text: string): string {
  return PATTERNS.reduce((masked, pattern) => masked.replace(pattern, maskName), text)
}

function maskName(found: string, before: string, name: string): string {
  return NOBODY.test(name) ? found : `${before}[name]`
}

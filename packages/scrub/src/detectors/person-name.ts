export const SAYS_NAME =
  /\bname(?:'?s)?\b|\bdear\b|\bhello\b|\bhi\b|\bhey\b|\bm(?:r|rs|s|iss)\b|\bherr|\bfrau\b|\bcalled\b|regards|sincerely|\bcheers\b|hei(?:ß|ss)e|appelle|llamo|chiamo|recipient|customer|attn|signed|gr(?:ü|ue)(?:ß|ss)e|speaking|liebe|\bcher|estimad|gentile|señor|signor|madame|monsieur/i

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
  `((?:^|[.,;:!?(\\n|] {0,2}|(?<=(?:full|first|last|customer|recipient|contact|billing|shipping|account|holder|cardholder|your|user) ))(?:[Nn]ame|NAME|[Rr]ecipient|[Cc]ustomer|[Aa]ttn|[Ss]igned)\\.? ?[:=] ?)(${NAME})(?![\\p{L}\\d_])`,
  'gu',
)
const NOBODY =
  '(?:customers?|sirs?|madam|team|all|friends?|shop|store|support|users?|subscribers?|valued|guests?|members?|colleagues?|everyone|everybody|folks|there|guys|world|kitty|again|both|service|staff|santa|hiring|diary)'
const GREETED = new RegExp(
  `((?<![\\p{L}])(?:[Dd]ear|[Hh]i|[Hh]ello|[Hh]ey|[Ll]iebe[r]?|[Hh]allo|[Cc]h(?:er|ère)|[Ee]stimad[oa]|[Gg]entile) )(?!${NOBODY}\\b)(${NAME})(?= ?[,!:\\n]| -|$)`,
  'gu',
)
const SIGNED = new RegExp(
  `((?:[Rr]egards|[Ss]incerely|[Cc]heers|[Tt]hanks|Gr(?:ü|ue)(?:ß|ss)e),?\\s{1,3})(${CAPITAL_NAME})(?=\\s{0,3}$|\\n)`,
  'gu',
)
const BRAND = '(?:Men|Robot|Muscle|Clean|Bean|Potato|Coffee|Fothergill|Men|Beast|Kipling|Universe|World)'
const TITLED = new RegExp(
  `((?<![\\p{L}])(?:Mr|Mrs|Ms|Miss|Mx|Herrn?|Frau|Señora?|Signora?|Madame|Monsieur)\\.? )(?!${BRAND}\\b)(\\p{Lu}(?:\\.|[\\p{Ll}'’-]{1,30})(?: (?:${PARTICLE} )?\\p{Lu}(?:\\.|[\\p{Ll}\\p{Lu}'’-]{1,30})){0,3})`,
  'gu',
)

/** Replaces names by `[name]` where the words around say that one stands there; a name alone is not recognised. */
export function maskPersonNames(text: string): string {
  return text
    .replace(INTRODUCED, '$1[name]')
    .replace(LABELLED, '$1[name]')
    .replace(GREETED, '$1[name]')
    .replace(TITLED, '$1[name]')
    .replace(SIGNED, '$1[name]')
}

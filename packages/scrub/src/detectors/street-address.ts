const SAYS_ADDRESS =
  /address|\bship|deliver|\bsend\b|dispatch|\blives? (?:at|in|on)\b|\bmoved to\b|\bcorner of\b|\bwe are at\b|\bcome to\b|street|\bst\b|road|\brd\b|avenue|\bave\b|\blane\b|drive|\bcourt\b|crescent|\bclose\b|boulevard|\bblvd|terrace|\brue\b|\bvia\b|\bviale\b|piazza|\bcalle\b|paseo|plaza|carrera|camino|\brua\b|avenida|travessa|alameda|largo\b|stra(?:ss|ß)e|\bstr\.|gasse|weg\b|\ballee|platz|\bring\b|straat|laan\b|plein|gracht|\bulica\b|\bul\.|aleja|osiedle|gatan|vägen|vej\b|gade\b|katu\b|tie\b|utca|\bút\b|náměstí|\bbox\b|\bpsc\b|\b[afd]po\b|adres|anschrift|direcci|indirizzo|endereço|morada|liefer|wohn|schick|send|vivo|livr|habit|envi|spedi|consegn|abito|entreg|moro|bezorg|woon|mieszk|wysł|dostar|lever|\bbor\b|skicka|\d, ?\p{L}?[-\p{L}]{0,2} ?\d{4}/iu

const NUMBER = '\\d{1,5}[a-zA-Z]?(?:[/-]\\d{1,4})?'
const NAME = "\\p{Lu}[\\p{L}\\p{M}.'’-]{0,30}"
const ENGLISH =
  '(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Crescent|Close|Boulevard|Blvd|Terrace|Way|Parkway|Pkwy|Square|Highway|Hwy|Place|Grove|Gardens|Mews|Hill|Circle|Trail|Row|Walk|Loop|Alley|Quay)'
const UNIT = '(?:,? (?:Apt|Suite|Unit|Flat|Apartment|Ste|#|Top|Stiege|Floor)\\.? ?[\\dA-Z]{1,5})?'
const ROMANCE =
  '(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Vv]ia|[Cc]alle|C/|[Rr]ua|[Vv]iale|[Pp]iazza|[Cc]orso|[Aa]venida|Av\\.|[Pp]aseo|[Pp]laza|[Cc]amino|[Cc]arrera|[Tt]ravessa|[Aa]lameda|[Ll]argo|[Pp]raça|[Ii]mpasse|[Aa]llée|[Qq]uai|[Pp]lace|[Cc]hemin|[Vv]icolo|[Ss]trada|ul\\.|[Uu]lica|al\\.|[Aa]leja|os\\.)'
const LINKS = "(?:(?:de|du|des|la|las|los|le|les|l['’]|d['’]|del|della|dei|da|do|dos|das|e|y) ?){0,3}"
/** A town behind the street, with its code or without. */
const TOWN =
  "(?:,? (?:[A-Z]{1,2}-)?\\d{2}[\\d -]{2,7}(?: [A-Z]{2})?(?: \\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){1,4})?"
const GERMANIC =
  '(?:stra(?:ss|ß)e|str\\.|gasse|platz|allee|ring|ufer|damm|straat|laan|weg|plein|gracht|kade|singel|dreef|gatan|gata|vägen|väg|gränd|vej|vænget|gade|alle|katu|tie|polku|kuja|utca)'
const BY_FORM = new RegExp(
  [
    `(?<![\\p{L}\\d.-])${NUMBER},? (?:${NAME} ){1,3}${ENGLISH}\\b\\.?${UNIT}`,
    `(?<![\\p{L}\\d.-])(?:${NUMBER},? )?${ROMANCE} ${LINKS}${NAME}(?: (?:${LINKS})?${NAME}){0,4},? (?:n[º°.]? ?)?${NUMBER}(?![\\d.,]\\d)${TOWN}`,
    `(?<![\\p{L}\\d.-])${NUMBER},? (?:bis |ter )?${ROMANCE} ${LINKS}${NAME}(?: (?:${LINKS})?${NAME}){0,3}${TOWN}`,
    `(?<![\\p{L}])(?:${NAME} ){0,2}\\p{Lu}?[\\p{L}-]{2,30}${GERMANIC} ${NUMBER}(?![\\d.,]\\d)${TOWN}`,
    `(?<![\\p{L}])(?:${NAME} ){1,3}(?:Straße|Strasse|Str\\.|Gasse|Platz|Weg|Allee|Ring) ${NUMBER}(?![\\d.,]\\d)${TOWN}`,
    `(?<![\\p{L}])(?:${NAME} ){1,4}${NUMBER},? (?:[A-Z]{1,2}-)?(?:\\d{4,5}|\\d{2}-\\d{3}|\\d{3} \\d{2}|\\d{4} [A-Z]{2}) ${NAME}`,
    '(?<![\\p{L}])(?:PSC|CMR|Unit) \\d{1,5},? Box \\d{1,5}(?:,? [AFD]PO A[AEP] \\d{5})?',
    '(?<![\\p{L}])(?:[Pp]\\.? ?[Oo]\\.? ?|Post ?)[Bb]ox \\d{1,6}|(?<![\\p{L}])Postfach \\d[\\d ]{1,8}',
  ].join('|'),
  'gu',
)

/** Words after which an address stands, surely (`address is`) or where it looks like one (`deliver … to`). */
const SURE =
  '(?:(?:address|adresse|anschrift|direcci[óo]n|domicilio|indirizzo|endereço|morada|adres|osoite)(?:(?: is| was| ist| lautet| est| es| è| é| to| är| er| on)[ :]{1,2}(?!not )|[:=] ?)|\\blives? at |\\b(?:vivo|vivimos) en |\\babito (?:in|a) |\\bmoro na |\\bmieszkam (?:na|przy) |\\bbor på )'
const MAYBE =
  "(?:\\b(?:ship|deliver|send|dispatch|post|mail|return|redirect|forward|sent|shipped|delivered|bring|come|courier)\\b[^.!?\\n]{0,90}?\\bto[ :]{1,3}|\\blives? (?:in|on) |\\bmoved to |\\bthe corner of |\\bwe(?: are|['’]re)(?: now)? at |\\bich wohne (?:in der |in |an der |am )?|\\b(?:liefern|schicken|senden)(?: sie)?(?: [^.!?\\n]{0,40}?)? (?:an|nach|in die)[ :]{1,3}|\\b(?:livre[rz]|envoye[rz])[^.!?\\n]{0,40}? (?:au|à|chez)[ :]{1,3}|\\bj['’]habite (?:au |à )?|\\b(?:env[íi][ae](?:r|n|d)?|entreg[au]e?[rn]?)[^.!?\\n]{0,40}? (?:a|en|na|em)[ :]{1,3}|\\b(?:spedi(?:re|te|sca)|consegna(?:re|te)?)[^.!?\\n]{0,40}? (?:a|in)[ :]{1,3}|\\b(?:bezorg|stuur|lever)[^.!?\\n]{0,40}? (?:op|naar|aan|till)[ :]{1,3}|\\bik woon (?:op|in|aan) (?:de )?|\\b(?:wysłać|dostarczyć|wyślij)[^.!?\\n]{0,40}? (?:na|do)[ :]{1,3}|\\bskicka[^.!?\\n]{0,40}? till[ :]{1,3})"
const AFTER_WORDS = new RegExp(`(?<![\\p{L}])(?:(${SURE})|(${MAYBE}))`, 'giu')
const END_WORD =
  /[\n;!?()"<>|]|[,.]? (?:please|because|but|asap|before|instead|thanks|thank|wrong|when|if|not|was|is|has|it|by|as|for|in|within|until|or|my|last|next|and (?:the|it|i|we|get|please|not|then|my|all|for|is)|order|bitte|danke|und|aber|gracias|por favor|merci|svp|grazie|obrigado|aub|tack)(?![\p{L}\d])/iu
const END_OF_SENTENCE = /\.(?= \p{Lu}\p{L}{2,30}(?: \p{Ll}|[,.!?]|\s{0,3}$)|\s{0,3}$)/u
/** `St. James Road`, `ul. Długa`: no sentence ends there. */
const ABBREVIATED = /(?:^|[ .])(?:st|apt|str|no|nr|ul|al|os|ave|rd|blvd|u|dr|sq|pl|av|ste|n|nº)$/i
const LONGEST = 140

const SAYS_STREET = new RegExp(
  `${SAYS_ADDRESS.source}|(?<!\\p{L})(?:apt|suite|unit|flat|floor|ut|út|way|park|plaza|plein|plaats|kuja|tie|gatan|vej|vägen|u\\.)(?!\\p{L})`,
  'iu',
)
/** `velký průhon 426`, `26 Agip`: a number with a name, as on a house. */
const NUMBERED = /^\d{1,5}\p{L}? .{0,60}\p{L}{3}|\p{L}{3,},? \d{1,4}\p{L}?\.?(?:,| \p{L}{1,3},|$)/u
const CAPITALISED = /(?:^| )\p{Lu}/u

/** Replaces street and post-box addresses by `[address]`, where their form says so. */
export function maskStreets(text: string): string {
  return text.replace(BY_FORM, '[address]')
}

/** The address that stands there, `sure` where the words before leave no doubt; empty where none does. */
export function addressAt(text: string, start: number, sure: boolean): string {
  const address = upToEnd(text.slice(start, start + LONGEST))
  return isAddress(address, sure) ? address : ''
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

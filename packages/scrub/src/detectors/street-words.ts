/** A house's number: `12`, `12b`, `12/3`. */
const NUMBER = '\\d{1,6}[a-zA-Z]?(?:[/-]\\d{1,4}[a-z]?)?'
const NAME = "\\p{Lu}[\\p{L}\\p{M}.'’-]{0,30}"
/** Behind the name. */
const ENGLISH =
  '(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Court|Ct|Crescent|Close|Boulevard|Blvd|Terrace|Way|Parkway|Pkwy|Highway|Hwy|(?:Square|Place|Grove|Gardens|Mews|Hill|Circle|Trail|Row|Walk|Loop|Alley|Quay)(?! \\p{Lu}))'
/** Before the name. */
const ROMANCE =
  '(?:[Rr]ue|[Aa]venue|[Bb]oulevard|[Vv]ia|[Cc]alle|C/|[Rr]ua|[Vv]iale|[Pp]iazza|[Cc]orso|[Aa]venida|Av\\.|[Pp]aseo|[Pp]laza|[Cc]amino|[Cc]arrera|[Tt]ravessa|[Aa]lameda|[Ll]argo|[Pp]raça|[Ii]mpasse|[Aa]llée|[Qq]uai|[Pp]lace (?=d)|[Cc]hemin|[Vv]icolo|[Ss]trada|ul\\.|[Uu]lica|al\\.|[Aa]leja|os\\.)'
/** At the end of a word, and where many other words end so too: only of one with a capital. */
const GERMANIC = '(?:stra(?:ss|ß)e|str\\.|gasse|platz|allee|straat|laan|weg)'
const RARER =
  '(?:damm|plein|gracht|kade|singel|dreef|gatan|gata|vägen|väg|gränd|vej|vænget|gade|katu|polku|kuja|utca)'
const GERMANIC_WORD =
  '(?:Straße|Strasse|Str\\.|Gasse|Platz|Weg|Allee|Ring|utca|út|tér|enparantza|náměstí|ulice|[Uu]lica)'
const LINKS = "(?:(?:de|du|des|la|las|los|le|les|l['’]|d['’]|del|della|dei|da|do|dos|das|e|y) ?){0,3}"
const UNIT =
  '(?:[Aa]pt|[Ss]uite|[Uu]nit|[Ff]lat|[Aa]partment|[Ss]te|#|[Tt]op|[Ss]tiege|[Ff]loor)\\.? ?[\\dA-Z]{1,5}'
/** A town behind the street, with its code, or a land. */
const TOWN =
  "(?:,? (?:[A-Z]{1,2}-)?\\d{2}[\\d -]{2,7}(?: [A-Z]{2})?(?: \\p{Lu}[\\p{L}\\p{M}'’-]{1,30}){1,4}|(?:, (?!please|order)[\\p{L}\\p{M}'’ .-]{2,30}){1,3}(?:,? [A-Z]{2})?,? \\d{4,6})?"
const WORDS = "[\\p{L}\\p{M}.'’-]{1,30}(?: [\\p{L}\\p{M}.'’-]{1,30}){0,4}"
const START = '(?<![\\p{L}\\d./-])'

/** Forms that say street by themselves. */
export const STREET_FORMS: readonly string[] = [
  `${START}(?:${NUMBER},? ){1,2}(?:${NAME} ){1,4}${ENGLISH}\\b\\.?(?:,? ${UNIT})?${TOWN}`,
  `${START}(?:${NUMBER},? ){0,2}${ROMANCE} ${LINKS}${NAME}(?: (?:${LINKS})?${NAME}){0,4},? (?:n[º°.]? ?)?${NUMBER}(?![\\p{L}\\d]|[.,]\\d)${TOWN}`,
  `${START}${NUMBER},? (?:bis |ter )?${ROMANCE} ${LINKS}${NAME}(?: (?:${LINKS})?${NAME}){0,3}${TOWN}`,
  `(?<![\\p{L}])(?:${NAME} ){0,2}(?:\\p{Lu}?[\\p{L}-]{2,30}${GERMANIC}|\\p{Lu}[\\p{L}-]{2,30}${RARER}) ${NUMBER}(?![\\p{L}\\d]|[.,]\\d)${TOWN}`,
  `(?<![\\p{L}])(?:[\\p{L}\\p{M}.'’-]{1,30} ){1,3}${GERMANIC_WORD} ${NUMBER}\\.?(?![\\p{L}\\d]|,\\d)${TOWN}`,
  // A flat or a suite says it, whatever the street is called: `98 lahof 26 suite 300, las vegas`.
  `${START}(?:${NUMBER},? ){1,2}${WORDS}(?:,? ${NUMBER}\\.?)?,? ${UNIT}${TOWN}`,
  `(?<![\\p{L}])${WORDS},? ${NUMBER}\\.?,? ${UNIT}${TOWN}`,
  // Number, words, number and a town, or a street's number and a town with its code.
  `${START}\\d{1,6} ${WORDS} \\d{1,5}\\.?,(?: \\p{Lu}[\\p{L}\\p{M}'’ .-]{1,40},?){1,3}(?: ?[A-Z]{2})? ?(?:\\d{4,6})?`,
  `(?<![\\p{L}])(?:${NAME} ){1,4}${NUMBER},? (?:[A-Z]{1,2}-)?(?:\\d{4,5}|\\d{2}-\\d{3}|\\d{3} \\d{2}|\\d{4} [A-Z]{2}) ${NAME}`,
  '(?<![\\p{L}])(?:(?:PSC|CMR|Unit) \\d{1,5},? Box \\d{1,5}|US[A-Z]{1,4} \\p{Lu}\\p{L}{1,30})(?:,? [AFD]PO A[AEP],? \\d{5})',
  '(?<![\\p{L}])(?:PSC|CMR|Unit) \\d{1,5},? Box \\d{1,5}',
  '(?<![\\p{L}])(?:[Pp]\\.? ?[Oo]\\.? ?|Post ?)[Bb]ox \\d{1,6}|(?<![\\p{L}])Postfach \\d[\\d ]{1,8}',
]

/** Words after which surely an address stands. */
export const SURELY =
  '(?:(?:address|adresse|anschrift|direcci[óo]n|domicilio|indirizzo|endereço|morada|adres|osoite)(?:(?: is| was| to| ist| lautet| est| es| è| é| är| er| on)[ :]{1,2}(?!not )|[:=] ?)|' +
  '\\blives? at |\\b(?:vivo|vivimos) en |\\babito (?:in|a) |\\bmoro na |\\bmieszkam (?:na|przy) |\\bbor på )'

/** Words after which one stands where it looks like one. */
export const MAYBE = [
  '\\b(?:ship(?:p(?:ed|ing))?|deliver(?:y|ed|ing|ies)?|sen[dt]|sending|dispatch(?:ed)?|post(?:ed)?|mail(?:ed)?|return(?:ed)?|redirect(?:ed)?|forward(?:ed)?|bring|brought|come|went|go(?:es|ing)?|courier|bill(?:ed)?|invoice|taken|addressed|relocat(?:ed|e)|chang(?:ed?|ing))\\b[^.!?\\n]{0,90}?\\bto[ :]{1,3}(?!sender)',
  '\\b(?:liv(?:es?|ed|ing)|resid(?:es?|ing)|stay(?:s|ed|ing)?|located|situated|based|office|house|home|shop|left|dropped(?: off)?|delivered|waiting|collect(?:ed)?) (?:(?:is|was) )?(?:at|in|on|is|near|by) ',
  "\\bmoved? to |\\bthe corner of |\\bwe(?: are|['’]re)(?: now)? at |\\bpick(?:ed)? (?:it |them )?up (?:from|at) |\\bfind |\\b(?:it|address|this|that) should be |\\b(?:home|street|shipping|billing|delivery|postal|mailing|new|old|my|correct|wrong|right) (?:address|house)(?: is)?[, ]{1,2}|\\breturn to sender[: ]{1,2}",
  '\\bich wohne (?:in der |in |an der |am )?|\\b(?:liefern|liefert|geliefert|schicken|schickt|senden|sendet)(?: sie)?(?: [^.!?\\n]{0,40}?)? (?:an|nach|in die|in der)[ :]{1,3}',
  "\\b(?:livre[rz]|livraison|envoye[rz]|expédier)[^.!?\\n]{0,40}? (?:au|à|chez)[ :]{1,3}|\\bj['’]habite (?:au |à )?",
  '\\b(?:env[íi][ae](?:r|n|d)?|entreg[au]e?[rn]?|mand[ae]r?)[^.!?\\n]{0,40}? (?:a|en|na|em)[ :]{1,3}|\\b(?:spedi(?:re|te|sca)|consegna(?:re|te)?)[^.!?\\n]{0,40}? (?:a|in)[ :]{1,3}',
  '\\b(?:bezorg|stuur|lever)[^.!?\\n]{0,40}? (?:op|naar|aan|till)[ :]{1,3}|\\bik woon (?:op|in|aan) (?:de )?|\\b(?:wysłać|dostarczyć|wyślij)[^.!?\\n]{0,40}? (?:na|do)[ :]{1,3}|\\b(?:skicka|leverera)[^.!?\\n]{0,40}? till[ :]{1,3}',
].join('|')

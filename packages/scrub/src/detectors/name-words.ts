import { caseless } from './caseless.ts'

const WORD = "\\p{L}[\\p{L}\\p{M}'’-]{0,30}"
const CAPITAL = `\\p{Lu}[\\p{L}\\p{M}'’-]{0,30}`
export const PARTICLE =
  "(?:de|del|della|di|da|das|do|dos|du|des|van|von|vom|der|den|ten|ter|te|het|'t|la|le|lo|al|el|bin|ibn|zu|zum|zur|af|av|st\\.?|of|y|e|i|O|D)"
/** A point ends the name, unless it stands behind an initial or the like. */
const SHORTENED = '(?:(?<=(?<!\\p{L})\\p{Lu}\\p{L}{0,2})\\.)?'
/** Begins with a capital: goes on while the words do, over particles and initials. */
export const CAPITAL_NAME = `${CAPITAL}(?:${SHORTENED}(?: ${PARTICLE}){0,3} ${CAPITAL}){0,4}`
/** Words that no name has, in the languages people write in. */
const ENDS =
  '(?:and|or|but|the|a|an|i|my|your|you|we|from|with|at|in|on|for|to|is|was|are|of|not|has|have|had|order|who|please|thanks|thank|here|that|this|it|im|about|regarding|by|so|because|called|tel|phone|email|e-mail|mail|address|' +
  'und|ich|die|der|das|mein|meine|bitte|aus|mit|von hier|bestellung|ist|et|je|mon|ma|commande|est|svp|y|mi|el pedido|pedido|gracias|con|soy|e|il|mio|ordine|grazie|sono|o|meu|minha|obrigado|en|ik|mijn|bestelling|moje|proszę|och|jag|min|tack|från)'
/** Typed without capitals: up to four words, ended by a word that no name has. */
export const SMALL_NAME = `(?!${ENDS}(?![\\p{L}]))${WORD}(?: (?!${ENDS}(?![\\p{L}]))${WORD}){0,3}`
export const NAME = `(?:${CAPITAL_NAME}|${SMALL_NAME})`

/** After these a name follows whatever its letters look like. */
export const INTRODUCTION = [
  "[Mm]y (?:full |real |legal )?name(?:['’]?s| is| was)",
  "[Tt]he name(?:['’]s| is)|[Ii] am called|[Ii] go by",
  '[Ii]ch hei(?:ß|ss)e|[Mm]ein (?:voller )?[Nn]ame(?: ist| lautet)',
  "[Jj]e m['’]appelle|[Mm]on nom(?: complet)?(?: est)?",
  '[Mm]e llamo|[Mm]i nombre(?: completo)? es',
  '[Mm]i chiamo|[Ii]l mio nome è',
  '[Cc]hamo-me|[Mm]e chamo|(?:[Oo] )?[Mm]eu nome é',
  '[Mm]ijn naam is|[Ii]k heet',
  '[Nn]azywam się|[Mm]am na imię|[Mm]oje imię(?: i nazwisko)? to',
  '[Jj]ag heter|[Mm]itt namn är|[Jj]eg hed?t?er|[Mm]it navn er|[Mm]itt navn er|[Nn]imeni on|[Oo]len',
  '[Jj]menuji se',
].join('|')

/** `I am …`, `ich bin …`: a name only with capitals. */
export const STATEMENT = [
  "I['’]m|I am|[Tt]his is|[Ii]ch bin|[Hh]ier (?:ist|spricht)|[Jj]e suis|[Cc]['’]est|[Ss]oy|[Ss]ono|[Ss]ou(?: [ao])?|[Ii]k ben|[Jj]estem|[Jj]ag är|[Jj]eg er",
].join('|')

export const GREETING =
  '[Dd]ear|[Ll]iebe[rs]?|[Ww]erte[r]?|[Ss]ehr geehrte[r]?|[Gg]eachte|[Bb]este|[Cc]h(?:er|ère)|[Ee]stimad[oa]|[Qq]uerid[oa]|[Aa]preciad[oa]|[Gg]entile|[Ee]gregi[oa]|[Cc]ar[oa]|[Pp]rezad[oa]|[Dd]rog[ia]|[Ss]zanown[aey]|[Kk]ära?|[Bb]ästa|[Kk]ære|[Hh]yvä|[Vv]ážen[ýá]|[Mm]il[ýá]'

/** Only before a comma or the like: `Hello Sailor Bathroom Set` is an article. */
export const HAIL =
  '[Hh]i|[Hh]ello|[Hh]ey|[Hh]allo|[Gg]uten (?:Tag|Morgen|Abend)|[Ss]ervus|[Mm]oin|[Bb]onjour|[Ss]alut|[Bb]onsoir|[Hh]ola|[Bb]uenos d[ií]as|[Cc]iao|[Bb]uongiorno|[Ss]alve|[Oo]l[áa]|[Bb]om dia|[Hh]oi|[Gg]oedemorgen|[Dd]ag|[Hh]ej|[Hh]ei|[Cc]ześć|[Ww]itaj|[Gg]ood (?:morning|afternoon|evening|day)'

/** Ends of letters. */
export const FAREWELL =
  '[Rr]egards|[Ss]incerely|[Yy]ours (?:truly|faithfully|sincerely)|[Ss]incerely yours|Gr(?:ü|ue)(?:ß|ss)en?|[Gg]ruß|MfG|LG|VG|[Cc]ordialement|[Bb]ien à vous|[Ss]alutations|' +
  '[Ss]aludos|[Uu]n saludo|[Aa]tentamente|[Ss]aluti|[Dd]istinti saluti|[Aa]tenciosamente|[Cc]umprimentos|[Gg]roet(?:en|jes)?|[Pp]ozdrawiam|[Hh]älsning(?:ar)?|[Hh]ilsen|[Tt]erveisin|S pozdravem'
/** The same, but articles are called so too: only with a comma or in a line of their own. */
export const CASUAL_FAREWELL =
  '[Cc]heers|[Tt]hanks|[Tt]hank you|[Bb]est wishes|[Bb]est|[Yy]ours|[Ll]ove|[Dd]anke|[Gg]racias|[Mm]erci|[Gg]razie|[Oo]brigad[oa]|[Aa]braço|[Dd]ziękuję|[Tt]ack'

export const TITLE =
  'Mr|Mrs|Ms|Miss|Mx|Sir|Madam|Herrn?|Frau|Hr|Fr|Señora?|Señorita|Sra?|Srta|Don|Doña|Signora?|Sig(?:\\.ra)?|Madame|Monsieur|Mme|Mlle|Mademoiselle|Senhora?|Dhr|Mevr(?:ouw)?|Meneer|De heer|(?<!\\p{Lu}\\p{Ll}{1,20} )Pani?|Herra|Rouva'

/** Words that mostly, not always, bring a person: two capitalised words must follow. */
export const MENTION =
  '[Cc]ustomer|[Cc]lient[ea]?|[Kk]und(?:e|in|en)|[Kk]lant|[Pp]atient|[Pp]assenger|[Gg]uest|[Uu]ser|[Mm]ember|[Cc]olleague|[Mm]anager|[Bb]uyer|[Ss]eller|cardholder|(?:[Cc]ard |[Aa]ccount )holder(?: is| was)|' +
  '[Oo]n behalf of|[Aa]ttn:?|[Ss]poke (?:to|with)|[Tt]alked to|[Aa]sk for|[Nn]eighbou?r|[Cc]ourier|[Dd]river|[Aa]gent|[Hh]usband|[Ww]ife|[Ss]on|[Dd]aughter|[Bb]rother|[Ss]ister|[Mm]other|[Ff]ather|[Ff]riend|' +
  '[Cc]ontact(?:ed)?|[Cc]all(?:ed)?(?: (?:me|him|her))?|[Nn]amed?|[Nn]ame (?:is|to|was|on card)|(?:[Bb]illing|[Ss]hipping|[Cc]ustomer|[Rr]ecipient) name|[Ss]igned|[Ww]elcome(?: back)?,?|[Hh]appy birthday,?|[Cc]ongratulations,?|' +
  '[Kk]ollegin?|[Nn]achbarn?|[Ee]mpfänger|[Dd]estinataire|[Dd]estinatario|[Rr]ecipient|[Aa]ddressed to|[Uu]nder the name(?: of)?|[Ii]m Namen von|[Aa]uf den Namen|[Aa] nombre de|[Aa]u nom de|[Aa] nome di|[Ee]m nome de'

/**
 * After these stands a person, a place or a thing: two capitalised words, none of them a common one. Not after every
 * `for` and `by`: in a shop's texts articles stand there, and designers.
 */
export const LINK =
  '(?!(?:[Dd]esign|[Ii]nspir|[Cc]reat|[Pp]roduc|[Pp]ower|[Ll]ov|[Cc]raft|[Oo]wn|[Mm]anufactur|[Ll]aunch|[Ff]ound))(?:[\\p{L}]{3,12}ed|[Ww]ritten|[Ss]ent|[Pp]aid|[Bb]ought|[Ss]old|[Tt]aken|[Ll]eft) (?:for )?by|' +
  '(?:[Ss]hip|[Dd]eliver|[Ss]en[dt]|[Rr]eturn|[Bb]ill|[Ss]old|[Gg]ive|[Hh]and|[Aa]ddress)[^.!?:;\\n]{0,40} to:?|[Tt]o:|[Ff]rom:|[Cc]/o|' +
  '(?:letter|message|call|e-?mail|gift|request|review|parcel|package|reply|complaint) from|(?:wrap|gift|present|parcel|package|letter|invoice|reservation|booking|appointment|call|message)[^.!?:;\\n]{0,30} for|' +
  '(?:unterschrieben|bestellt|geschrieben|angenommen|bezahlt) von|(?:signé|commandé|écrit|accepté) par|(?:firmado|pedido|escrito|aceptado) por|(?:firmato|ordinato|scritto) da|(?:getekend|besteld) door'

/** What somebody does whose name opens the sentence. */
export const DOES =
  'wrote|writes|said|says|asked|here|complained|complains|called|replied|signed|ordered|bought|returned|reported|claims|logged|schrieb|schreibt|sagt|hat|a écrit|escribió|ha scritto'

/** A name has none of these in it: `I'm On Holiday`. */
export const SMALL_WORDS = caseless(
  /(?<!\p{L})(?:on|in|at|to|our|your|my|the|a|are|not|and|or|for|with|sorry|glad|happy|sure|still|very|just|from)(?!\p{L})/u
    .source,
)

/** Words of places, days, firms and things that are written with a capital. */
export const COMMON = new Set(
  (
    'new san los las santa saint st el la le buenos rio hong kuala tel abu saudi sri costa puerto south north east west central ' +
    'united great czech cape port fort salt kansas mexico den bad novi nova ciudad monte porto villa island islands republic ' +
    'kingdom states city street road avenue lane square park house airport station street court ' +
    'black cyber good white red blue green pink gold silver christmas xmas easter mother mothers father fathers valentine valentines ' +
    'happy merry google apple amazon microsoft samsung galaxy sony royal deutsche post parcel visa master mastercard american ' +
    'express pay paypal internet explorer chrome firefox safari edge android windows mac ios iphone ipad ' +
    'customer service support team order orders box boxes gift card cards free summer winter spring autumn sale deal deals ' +
    'monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september ' +
    'october november december the our your my this that these those please and or but not what when where why how who ' +
    'help center centre account page shop store price prices size small medium large set pack item items product products ' +
    'collection edition series version level room day week month year bank club league university school hospital hotel ' +
    'bag bags mug cup pan shirt shoes dress jeans lamp light book box tea coffee wine pizza ice cream wrapping paper delivery ' +
    'damen herren kinder guten frohe weihnachten ostern kundenservice kundendienst bestellung'
  ).split(' '),
)

/** Who is greeted without being named, and what brands begin like a person. */
export const NOBODY = caseless(
  /^(?:customers?|sirs?|madam|team|all|friends?|shop|store|support|users?|subscribers?|valued|guests?|members?|colleagues?|everyone|everybody|folks|there|guys|world|kitty|again|both|service|staff|santa|hiring|diary|care|success|experience|satisfaction|reviews?|robot|muscle|clean|bean|potato|coffee|fothergill|men|beast|kipling|universe|id|number|account|order|data|journey|panel|area|login|portal|required|missing|invalid|damen|herren|kundin|kunde|kunden|nutzer|zusammen|leute|hallo|client|clients|cliente|clienti|clientes|madame|monsieur|mesdames|tous|todos|tutti|allemaal|wszyscy|alla)(?![\p{L}])/u
    .source,
)

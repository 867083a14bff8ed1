/** Words of a name: `my name is …`, `Dear …`, `signed by …`. */
export const NAME_WORD = 1 << 11
/** Of a name or something else: `for …`, `by …`. */
export const LINK_WORD = 1 << 20
/** Of a birth: `born on …`. */
export const BIRTH_WORD = 1 << 13
/** Of an address: `deliver to …`, `… Street`. */
export const ADDRESS_WORD = 1 << 14
/** Of a national id: `passport …`. */
export const ID_WORD = 1 << 15
/** Of a secret: `password: …`, `Bearer …`. */
export const SECRET_WORD = 1 << 16
/** Of a street: `… Road`, `Hauptstrasse …`. */
export const STREET_WORD = 1 << 17
/** The name of a field before a colon: `phone: …`. */
const OTHER_WORD = 1 << 18
export const TELLING_WORD =
  NAME_WORD | LINK_WORD | BIRTH_WORD | ADDRESS_WORD | STREET_WORD | ID_WORD | SECRET_WORD | OTHER_WORD

/**
 * Beginnings (four or five letters, or the whole of a shorter word) of the words that personal data stands beside in a text.
 * Without one of them the detectors that read the words around have nothing to look for.
 */
const TELLING: readonly (readonly [sign: number, words: string])[] = [
  [
    NAME_WORD,
    'user memb guest cardh call colle manag buyer selle holde daugh broth siste mothe fathe frien welco happy congr son ' +
      'name dear hi hey hell mr mrs ms mx miss sir mada am m this clie patie passe conta by than rega sinc chee morni after ' +
      'eveni wishe trul faithf love recip cust attn signe spea spok talk ask beha neig couri driver agent husb wife ' +
      'heis heiß ich hier gruß grüß grue gree mfg lg vg lieb wert geeh sehr gute serv moin kund nach unte namen ' +
      'empf herr hr frau fr hall appe mon je cher chèr bonj salu bons mons mme mlle cordi bien dest nom ' +
      'llam nomb soy esti quer apre hola buen seño sra sr srta don doña atent grac firma ' +
      'chia sono gentile egre cara caro ciao salv sig graz cham meu sou prez olá olà bom senh cump abra obri ' +
      'naam heet geac best hoi goed dag dhr mevr mene groe nazy mam imię moje jest drog szan cześ wita pan pani ' +
      'pozd dzię jag hete mitt namn kär kära käre bäst hej häls hils jeg hedd mit navn kære terv nime olen rouv ' +
      'hyvä jmen váže milý milá',
  ],
  [
    LINK_WORD,
    'by to from for c von par por da door wrote write said says asked here compl calle repli signe order bough retur repor ' +
      'claim logge schri sagt hat escri scrit dr prof mag ing',
  ],
  [
    BIRTH_WORD,
    'born birt dob d bday gebo gebu geb né née nais anni naci cumpl nato nata nasc geem urod fodd född føds født fødd synt naro',
  ],
  [
    ADDRESS_WORD,
    'hous offi loca situ base resid stay left drop wait colle pick find shou goes went go brou taken bill invoi relo chang new addr ship deli send sent post mail retur redi forwa dispa live move corne we come bring lief wohn adre ansc dire indi ' +
      'ende mora domi vivo vivi abit moro mies bor osoi livr envo envi entre sped conse bezo stuu lever woon wysł dost wyśl ' +
      'skic schi j',
  ],
  [
    STREET_WORD,
    'stree st road rd aven ave lane ln drive dr court ct cresc close boul blvd terr way park pkwy squar high hwy place grove ' +
      'garde mews hill circl trail row walk loop alle quay rue via vial calle piaz corso c rua paseo plaza camin carre av ' +
      'trave alame largo praç impa allé quai chem vico strad stras straß ul ulica al alej os str weg platz psc cmr unit apo ' +
      'fpo dpo p po gasse náměs home',
  ],
  [
    ID_WORD,
    'ssn docum dokum socia natio identi id citiz civil resid perso tax taxp itin tin tfn ein passp passa pasap reise ni nino nif nie ' +
      'dni cpf pese aadh adha nhs medic steu ausw codic tesse licen drivi führ fuhr pan curp rut nir sécu secu numé núme ' +
      'nume bsn burge rijks ahv svnr sozia versi cédu cedu contri cidad dowo dowó henk hetu isik føds cpr rodn cnp oib ' +
      'kiml nric pps ppsn 身份证 身份证号码 주민등록 マイナンバ',
  ],
  [
    SECRET_WORD,
    'pass pwd curl kennw wacht contr mot palav senh hasł haslo löse losen adgan heslo salas паро pin cvv cvc secu beare basic ' +
      'diges negot auth api acces secre priva key token crede',
  ],
  [
    OTHER_WORD,
    'emai mail e dot corr cour phon tele tel mobi cell hand rufn fax what card kredi tarje numé iban bank accou konto cuent ' +
      'reken ip remot',
  ],
]

/** Ends of words that are streets in German, Dutch and the Nordic languages: `Hauptstrasse`, `Kerkstraat`. */
const STREET_ENDS =
  'asse raße gaße latz llee raat laan lein acht atan gata ägen gade katu utca dweg nweg rweg sweg tweg'

const FEWEST_LETTERS = 4
const MOST_LETTERS = 5
const TABLE = 1 << 16
/** Hash of the beginning of a word to its signs; 16 bits, so that a few other words pass too. */
const table = new Int32Array(TABLE)

for (const [sign, words] of TELLING)
  for (const word of words.split(' ')) {
    let hash = 0
    for (const letter of word.slice(0, MOST_LETTERS)) hash = nextHash(hash, letter.charCodeAt(0))
    table[hash] = (table[hash] as number) | sign
  }

const ends = new Uint8Array(TABLE)
for (const end of STREET_ENDS.split(' ')) {
  let packed = 0
  for (const letter of end) packed = nextPacked(packed, letter.charCodeAt(0))
  ends[packed & (TABLE - 1)] = 1
}

/** The last letters, four bits of each. */
export function nextPacked(packed: number, code: number): number {
  return ((packed << 4) ^ code) & (TABLE - 1)
}

/** Whether a word that ends in these letters may be a street. */
export function maySayStreet(packed: number): boolean {
  return ends[packed & (TABLE - 1)] === 1
}

/** `code` is a lower-case letter's. */
export function nextHash(hash: number, code: number): number {
  return (hash * 31 + code) & (TABLE - 1)
}

/** What a word that begins with these letters may tell; 0 for nothing. */
export function tellsOf(hash: number): number {
  return table[hash] as number
}

export { FEWEST_LETTERS, MOST_LETTERS }

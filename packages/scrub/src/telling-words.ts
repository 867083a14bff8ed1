/** Words of a name: `my name is …`, `Dear …`, `signed by …`. */
export const NAME_WORD = 1 << 11
/** Of a birth: `born on …`. */
export const BIRTH_WORD = 1 << 13
/** Of an address: `deliver to …`, `… Street`. */
export const ADDRESS_WORD = 1 << 14
/** Of a national id: `passport …`. */
export const ID_WORD = 1 << 15
/** Of a secret: `password: …`, `Bearer …`. */
export const SECRET_WORD = 1 << 16
/** Any of them, or the name of a field before a colon: `phone: …`. */
export const TELLING_WORD = NAME_WORD | BIRTH_WORD | ADDRESS_WORD | ID_WORD | SECRET_WORD | (1 << 17)

/**
 * Beginnings (four letters, or the whole of a shorter word) of the words that personal data stands beside in a text.
 * Without one of them the detectors that read the words around have nothing to look for.
 */
const TELLING: readonly (readonly [sign: number, words: string])[] = [
  [
    NAME_WORD,
    'name dear hi hey hell good mr mrs ms mx miss sir mada call i am this clie pati pass cont by than rega sinc chee best ' +
      'your love reci cust attn sign spea spok talk ask beha c o neig cour driv agen husb wife ' +
      'heis heiß hei ich hier gruß grüß grue gree mfg lg vg lieb wert geeh sehr gute serv moin kund nach unte namen ' +
      'empf herr hr frau fr hall appe m mon je c cher chèr bonj salu bons mons mme mlle cord bien sign dest nom ' +
      'llam nomb soy esti quer apre hola buen seño sra sr srta don doña aten grac firm a ' +
      'chia il sono gent egre car cara caro ciao salv sign sig graz cham meu o sou prez ol olá olà bom senh cump abra obri em ' +
      'naam ik heet geac best hoi goed dag dhr mevr mene de groe nazy mam imię moje jest drog szan cześ wita pan pani ' +
      'pozd dzię jag hete mitt namn kär kära käre bäst hej häls hils jeg hedd mit navn kære terv nime olen herr rouv hyvä jmen váže ' +
      'mil milý milá s saty full firs last lega addr ente orde plac acce',
  ],
  [
    BIRTH_WORD,
    'born birt dob d bday gebo gebu geb né née nais anni naci cump nato nata nasc geem urod fodd född føds født fødd synt naro',
  ],
  [
    ADDRESS_WORD,
    'addr ship deli send sent post mail retu redi forw disp live move corn we come brin stre st road rd aven ave lane ln driv ' +
      'dr cour ct cres clos boul blvd terr way park pkwy squa high hwy plac grov gard mews hill circ trai row walk loop alle quay ' +
      'rue via vial call piaz cors c rua paso pase plaz cami carr aven av trav alam larg praç impa allé quai chem vico stra stra ul ' +
      'ulic al alej os str weg plat ring platz psc cmr unit apo fpo dpo box p po lief wohn ich adre ansc adres dire indi ende mora ' +
      'domi vivo vivi abit moro mies bor osoi livr envo j envi entr sped cons bezo stuu leve woon wysł dost wyśl skic schi send ' +
      'home gasse apt suit flat náměs',
  ],
  [
    ID_WORD,
    'ssn soci my nati iden id citi civi resi pers tax taxp itin tin tfn ein pass pasa reis n ni nino nif nie dni cpf pese aadh ' +
      'adha nhs medi steu ausw codi tess cart lice driv führ fuhr pan curp rut nir sécu secu numé núme nume bsn burg rijk ahv svnr ' +
      'sozi vers cédu cedu cont cida dowo dowó henk hetu isik føds cpr rodn cnp oib kiml nric pps ppsn ' +
      '身份证 身份证号 주민등록 マイナン',
  ],
  [
    SECRET_WORD,
    'pass pwd kenn wach cont mot pala senh hasł hasl löse lose adga hesl sala паро pin cvv cvc card secu bear basi dige ' +
      'nego auth api acce secr priv key toke cred x',
  ],
  [
    1 << 17,
    'emai mail e dot corr cour phon tele tel mobi cell hand rufn fax what card kred tarj numé iban bank acco kont cuen rek reke ip remo',
  ],
]

/** Ends of words that are streets in German, Dutch and the Nordic languages: `Hauptstrasse`, `Kerkstraat`. */
const STREET_ENDS =
  'asse raße gaße latz llee raat laan lein acht atan gata ägen gade katu utca ring dweg nweg rweg sweg tweg'

const LETTERS = 4
const TABLE = 1 << 16
/** Hash of the beginning of a word to its signs; 16 bits, so that a few other words pass too. */
const table = new Int32Array(TABLE)

for (const [sign, words] of TELLING)
  for (const word of words.split(' ')) {
    let hash = 0
    for (const letter of word.slice(0, LETTERS)) hash = nextHash(hash, letter.charCodeAt(0))
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

export { LETTERS as TELLING_LETTERS }

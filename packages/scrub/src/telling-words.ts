/**
 * Beginnings (four letters, or the whole of a shorter word) of the words that personal data stands beside in a text:
 * `my name is …`, `deliver to …`, `born on …`, `password: …`. Without one of them the detectors that read the words
 * around have nothing to look for.
 */
const TELLING =
  // names
  'name dear hell hi hey hall mr mrs ms mx miss herr frau call rega sinc chee heis appe llam chia reci cust attn sign ' +
  'grue gree than lieb cher esti gent seno mada mons mein full firs last cont i am this clie pati orde plac ' +
  // births
  'born birt dob d gebo gebu ne nais naci nat nato nasc ' +
  // addresses
  'addr ship deli send sent post mail retu redi forw disp live move corn stre st road rd aven ave lane ln driv cour ' +
  'ct cres clos boul blvd terr way park pkwy squa high hwy rue via vial call rua stra str weg alle plat piaz cors ' +
  'psc cmr unit apo fpo dpo adre ansc dire indi po p lief rech wohn ' +
  // ids and secrets
  'ssn soci nati iden id pers tax tin pass nino ni nif nie dni cpf pese aadh nhs steu ausw codi lice pan pwd kenn ' +
  'wach mot senh bear basi dige nego pin cvv cvc secu dot'

const LETTERS = 4
/** Hash of the beginning of a word to 1; 16 bits, so that a few other words pass too. */
const table = new Uint8Array(1 << 16)

for (const word of TELLING.split(' ')) {
  let hash = 0
  for (const letter of word) hash = nextHash(hash, letter.charCodeAt(0))
  table[hash] = 1
}

/** `code` is a lower-case letter's. */
export function nextHash(hash: number, code: number): number {
  return (hash * 31 + code) & 0xffff
}

/** Whether a word that begins with these letters may tell. */
export function mayTell(hash: number): boolean {
  return table[hash] === 1
}

export { LETTERS as TELLING_LETTERS }

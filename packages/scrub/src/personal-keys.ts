/** What a field holds by its name; the word in brackets that takes the place of its value. */
export type PersonalKind =
  | 'email'
  | 'phone'
  | 'card'
  | 'iban'
  | 'ip'
  | 'token'
  | 'password'
  | 'name'
  | 'address'
  | 'birth_date'
  | 'national_id'
/** Fields whose value becomes a keyed pseudonym, so that it still joins. */
export type PersonIdKind = 'user_id' | 'anonymous_id'
export type KeyKind = PersonalKind | PersonIdKind

/** Endings of field names in snake_case, without figures at the end, as several languages spell them. */
const ENDINGS: Readonly<Record<KeyKind, string>> = {
  email:
    'email e_mail mail_address email_address email_hash email_md email_sha mailto correo correo_electronico courriel',
  phone:
    'phone phone_number phone_no telephone telephone_number tel mobile mobile_number mobile_phone cell cell_phone ' +
    'cellphone msisdn fax fax_number whatsapp telefon telefonnummer handynummer telefono telefone telefoonnummer',
  card: 'card card_number card_no credit_card creditcard credit_card_number debit_card cc cc_number ccnum pan cardnumber kartennummer',
  iban: 'iban bank_account bank_account_number account_number account_no routing_number sort_code kontonummer',
  ip: 'ip ip_address ip_addr ipaddress ipv remote_addr remote_address x_forwarded_for forwarded_for',
  token:
    'token jwt secret client_secret api_key apikey access_key secret_key private_key auth_key write_key writekey authorization bearer ' +
    'auth credential credentials cookie cookies set_cookie signature otp one_time_code verification_code auth_code',
  password:
    'password passwd pwd passphrase passcode pass_word pin pin_code user_password cvv cvc security_code ' +
    'passwort kennwort contrasena mot_de_passe motdepasse wachtwoord senha',
  name:
    'first_name last_name full_name middle_name maiden_name family_name given_name fore_name surname forename firstname ' +
    'lastname fullname customer_name recipient_name receiver_name sender_name contact_name person_name people_name ' +
    'user_name username billing_name shipping_name client_name guest_name patient_name employee_name driver_name ' +
    'member_name owner_name author_name holder_name cardholder cardholder_name account_holder nickname nick_name ' +
    'screen_name vorname nachname familienname prenom nom_de_famille apellido apellidos cognome voornaam achternaam ' +
    'sobrenome attn salutation_name',
  address:
    'address street street_name street_address street_number address_line ' +
    'addr house_number house_no zip_code zipcode postal_code postcode post_code full_address ' +
    'strasse hausnummer adresse anschrift direccion indirizzo endereco adres plz codigo_postal code_postal',
  birth_date:
    'dob birth_date birthdate birthday birth_day date_of_birth day_of_birth birth_year year_of_birth born born_on ' +
    'geburtsdatum geburtstag fecha_de_nacimiento fecha_nacimiento date_de_naissance data_di_nascita geboortedatum',
  national_id:
    'ssn social_security social_security_number social_security_no national_id national_identity national_id_number ' +
    'nationalid passport passport_number passport_no passport_or_id tax_id taxid tax_number tax_ssn nif nie dni cpf ' +
    'pesel nino nhs_number personnummer identity_number identity_card id_number id_card id_card_number aadhaar ' +
    'personal_code personal_number driver_license drivers_license driving_licence driving_license license_plate ' +
    'number_plate codice_fiscale insurance_number steuernummer steuer_id sozialversicherungsnummer bsn',
  user_id:
    'user_id userid uid customer_id client_user_id member_id account_user_id employee_id person_id distinct_id contact_id',
  anonymous_id: 'anonymous_id anonymousid anon_id visitor_id previous_id previousid',
}
const KIND_BY_ENDING = new Map<string, KeyKind>(
  Object.entries(ENDINGS).flatMap(([kind, endings]) =>
    endings.split(' ').map((ending) => [ending, kind as KeyKind] as const),
  ),
)
const LONGEST_ENDING = 4
/** Objects that describe a person: their `name` is one. */
const PERSON =
  /^(?:user|customer|person|recipient|receiver|sender|shipping|billing|contact|author|traits|guest|patient|employee|member|owner|profile|buyer|cardholder|passenger|subscriber|kunde|cliente)s?$/

const WORDS = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{Lo}]+|\p{N}+/gu
const NOT_ASCII = /[^ -~]/

const known = new Map<string, KeyKind | ''>()
const KNOWN_KEYS = 5_000
const LONGEST_KEY = 100

/** What the field holds, judged by the end of its name: `contactEmail` is an e-mail, `email_opened` is none. */
export function kindOfKey(key: string): KeyKind | undefined {
  if (key.length > LONGEST_KEY) return undefined
  let kind = known.get(key)
  if (kind === undefined) {
    kind = judge(key) ?? ''
    if (known.size >= KNOWN_KEYS) known.clear()
    known.set(key, kind)
  }
  return kind === '' ? undefined : kind
}

/** `name` says a person where the object around it does: `customer.name`, but not `items[].name`. */
export function isNameOfPerson(key: string, parent: string): boolean {
  return /^(?:display_?)?name$/i.test(key) && PERSON.test(words(parent).at(-1) ?? '')
}

function judge(key: string): KeyKind | undefined {
  const all = words(key)
  while (all.length > 1 && /^(?:\d+|value|raw|text|input|field)$/.test(all.at(-1) as string)) all.pop()
  return kindOfEnding(all) ?? kindOfEnding(singular(all))
}

function kindOfEnding(all: readonly string[]): KeyKind | undefined {
  for (let from = Math.max(0, all.length - LONGEST_ENDING); from < all.length; from++) {
    const kind = KIND_BY_ENDING.get(all.slice(from).join('_'))
    if (kind !== undefined) return kind
  }
  return undefined
}

/** `emails`, `phoneNumbers`; not `tokens`, which are counted. */
function singular(all: readonly string[]): readonly string[] {
  const last = all.at(-1) ?? ''
  if (!last.endsWith('s') || last === 'tokens' || last === 'pans') return []
  return [...all.slice(0, -1), last.endsWith('sses') ? last.slice(0, -2) : last.slice(0, -1)]
}

/** In lower case, without accents: `firstName`, `FIRST_NAME` and `first-name` are the same two words. */
function words(key: string): string[] {
  const plain = NOT_ASCII.test(key) ? key.normalize('NFKD').replace(/\p{M}/gu, '').replace(/ß/g, 'ss') : key
  return plain.match(WORDS)?.map((word) => word.toLowerCase()) ?? []
}

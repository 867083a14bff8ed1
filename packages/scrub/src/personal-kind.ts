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

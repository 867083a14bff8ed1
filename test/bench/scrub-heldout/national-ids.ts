import type { Random } from './random.ts'

type Maker = (random: Random) => string

const two = (number: number): string => String(number).padStart(2, '0')
const from2 = (count: number): number[] => Array.from({ length: count }, (_, i) => count + 1 - i)

function sumOf(figures: string, weights: readonly number[]): number {
  return [...figures].reduce((sum, figure, i) => sum + Number(figure) * (weights[i] as number), 0)
}

/** The number with the one check figure that makes it pass Luhn. */
export function withLuhn(body: string): string {
  const sum = [...body].reverse().reduce((total, figure, i) => {
    const value = Number(figure) * (i % 2 === 0 ? 2 : 1)
    return total + (value > 9 ? value - 9 : value)
  }, 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}

/** Some numbers have no check figure and are never given out: the next one. */
function tried(make: () => string | undefined): string {
  for (;;) {
    const made = make()
    if (made !== undefined) return made
  }
}

function birth(random: Random): { yyyy: string; yy: string; mm: string; dd: string } {
  const yyyy = String(random.whole(1940, 1999))
  return { yyyy, yy: yyyy.slice(2), mm: two(random.whole(1, 12)), dd: two(random.whole(1, 28)) }
}

const NIF_LETTERS = 'TRWAGMYFPDXBNJZSQVHLCKE'
const HETU_SIGNS = '0123456789ABCDEFHJKLMNPRSTUVWXY'

/** Ids of the countries of the labelled set. */
export const commonIds: Readonly<Record<string, Maker>> = {
  'ES NIF': (r) => {
    const number = r.form('########')
    return `${number}${NIF_LETTERS[Number(number) % 23]}`
  },
  'ES NIE': (r) => {
    const first = r.whole(0, 2)
    const number = r.form('#######')
    return `${'XYZ'[first]}${number}${NIF_LETTERS[Number(`${first}${number}`) % 23]}`
  },
  'PL PESEL': (r) => {
    const { yy, mm, dd } = birth(r)
    const body = yy + mm + dd + r.form('####')
    return `${body}${(10 - (sumOf(body, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3]) % 10)) % 10}`
  },
  'SE personnummer': (r) => {
    const { yy, mm, dd } = birth(r)
    return withLuhn(yy + mm + dd + r.form('###')).replace(/(.{6})/, '$1-')
  },
  'UK NINO': (r) =>
    r.pick(['AB', 'CE', 'JK', 'PW', 'SY']) + r.form(r.pick(['######', ' ## ## ## '])) + r.pick([...'ABCD']),
  'UK NHS': (r) =>
    tried(() => {
      const body = r.form('#########')
      const check = (11 - (sumOf(body, from2(9)) % 11)) % 11
      return check === 10 ? undefined : `${body}${check}`.replace(/(...)(...)(....)/, '$1 $2 $3')
    }),
  'BR CPF': (r) => {
    const body = r.form('#########')
    const first = ((sumOf(body, from2(9)) * 10) % 11) % 10
    const second = ((sumOf(`${body}${first}`, from2(10)) * 10) % 11) % 10
    return `${body}${first}${second}`.replace(/(...)(...)(...)(..)/, '$1.$2.$3-$4')
  },
  'CA SIN': (r) => withLuhn(r.form('########')).replace(/(...)(...)(...)/, r.pick(['$1-$2-$3', '$1 $2 $3'])),
  'IN PAN': (r) => r.form('???') + r.pick([...'PCHF']) + r.form('?####?'),
  'FI HETU': (r) => {
    const { yy, mm, dd } = birth(r)
    const number = r.form('###')
    return `${dd}${mm}${yy}-${number}${HETU_SIGNS[Number(dd + mm + yy + number) % 31]}`
  },
  'SG NRIC': (r) => {
    const number = r.form('#######')
    return `S${number}${'JZIHGFEDCBA'[sumOf(number, [2, 7, 6, 5, 4, 3, 2]) % 11]}`
  },
  'IT codice fiscale': (r) =>
    r.form('??????') + birth(r).yy + r.pick([...'ABCDEHLMPRST']) + birth(r).dd + r.form('?###?'),
}

/** Ids of other countries, with their check figures. */
export const furtherIds: Readonly<Record<string, Maker>> = {
  'DE Steuer-ID': (r) => {
    const body = `${r.whole(1, 9)}${r.form('#########')}`
    let product = 10
    for (const figure of body) product = (((Number(figure) + product) % 10 || 10) * 2) % 11
    const whole = `${body}${(11 - product) % 10}`
    return r.chance(0.5) ? whole : whole.replace(/(..)(...)(...)(...)/, '$1 $2 $3 $4')
  },
  'NL BSN': (r) =>
    tried(() => {
      const body = `${r.whole(1, 9)}${r.form('#######')}`
      const check = sumOf(body, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
      return check === 10 ? undefined : `${body}${check}`
    }),
  'FR NIR': (r) => {
    const { yy, mm } = birth(r)
    const body = `${r.whole(1, 2)}${yy}${mm}${r.pick(['75', '13', '69', '33'])}${r.form('######')}`
    const whole = body + two(97 - Number(BigInt(body) % 97n))
    return r.chance(0.3) ? whole : whole.replace(/(.)(..)(..)(..)(...)(...)/, '$1 $2 $3 $4 $5 $6 ')
  },
  'PT NIF': (r) => {
    const body = `2${r.form('#######')}`
    const check =
      11 -
      (sumOf(
        body,
        from2(8).map((weight) => weight),
      ) %
        11)
    return `${body}${check > 9 ? 0 : check}`.replace(/(...)(...)(...)/, r.pick(['$1$2$3', '$1 $2 $3']))
  },
  'BE rijksregister': (r) => {
    const { yy, mm, dd } = birth(r)
    const body = yy + mm + dd + r.form('###')
    return `${body}${two(97 - (Number(body) % 97))}`.replace(/(..)(..)(..)(...)/, '$1.$2.$3-$4.')
  },
  'CH AHV': (r) => {
    const body = `756${r.form('#########')}`
    const sum = [...body].reduce((total, figure, i) => total + Number(figure) * (i % 2 ? 3 : 1), 0)
    return `${body}${(10 - (sum % 10)) % 10}`.replace(/(...)(....)(....)/, '$1.$2.$3.')
  },
  'AT SVNR': (r) =>
    tried(() => {
      const { yy, mm, dd } = birth(r)
      const serial = `${r.whole(1, 9)}${r.form('##')}`
      const check = sumOf(serial + dd + mm + yy, [3, 7, 9, 5, 8, 4, 2, 1, 6]) % 11
      return check === 10 ? undefined : `${serial}${check} ${dd}${mm}${yy}`
    }),
  'DK CPR': (r) => {
    const { yy, mm, dd } = birth(r)
    return `${dd}${mm}${yy}-${r.form('####')}`
  },
  'NO fodselsnummer': (r) =>
    tried(() => {
      const { yy, mm, dd } = birth(r)
      const body = dd + mm + yy + r.form('###')
      const first = (11 - (sumOf(body, [3, 7, 6, 1, 8, 9, 4, 5, 2]) % 11)) % 11
      const second = (11 - (sumOf(`${body}${first}`, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11
      return first > 9 || second > 9 ? undefined : `${body}${first}${second}`.replace(/(.{6})/, '$1 ')
    }),
  'CZ rodne cislo': (r) =>
    tried(() => {
      const { yy, mm, dd } = birth(r)
      const body = yy + mm + dd + r.form('###')
      const check = Number(body) % 11
      return check === 10 ? undefined : `${body}${check}`.replace(/(.{6})/, '$1/')
    }),
  'RO CNP': (r) => {
    const { yy, mm, dd } = birth(r)
    const body = `${r.whole(1, 2)}${yy}${mm}${dd}${r.form('######').slice(0, 5)}`
    const check = sumOf(body, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11
    return `${body}${check === 10 ? 1 : check}`
  },
  'TR kimlik': (r) => {
    const body = `${r.whole(1, 9)}${r.form('########')}`
    const tenth = (sumOf(body, [7, -1, 7, -1, 7, -1, 7, -1, 7]) + 90) % 10
    return `${body}${tenth}${sumOf(`${body}${tenth}`, Array<number>(10).fill(1)) % 10}`
  },
  'CN resident id': (r) => {
    const { yyyy, mm, dd } = birth(r)
    const body = `${r.pick(['110101', '310104', '440305'])}${yyyy}${mm}${dd}${r.form('###')}`
    return body + '10X98765432'[sumOf(body, [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]) % 11]
  },
  'KR RRN': (r) => {
    const { yy, mm, dd } = birth(r)
    const body = yy + mm + dd + r.whole(1, 2) + r.form('#####')
    const check = (11 - (sumOf(body, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10
    return `${body}${check}`.replace(/(.{6})/, '$1-')
  },
  'ZA id': (r) => {
    const { yy, mm, dd } = birth(r)
    return withLuhn(yy + mm + dd + r.form('####') + r.pick(['08', '18']))
  },
  'CL RUT': (r) => {
    const body = String(r.whole(7_000_000, 25_000_000)).padStart(8, '0')
    const check = 11 - (sumOf(body, [3, 2, 7, 6, 5, 4, 3, 2]) % 11)
    const sign = check === 11 ? '0' : check === 10 ? 'K' : String(check)
    return `${body.replace(/^0/, '').replace(/\B(?=(\d{3})+$)/g, '.')}-${sign}`
  },
  'MX CURP': (r) => {
    const { yy, mm, dd } = birth(r)
    return `${r.form('????')}${yy}${mm}${dd}${r.pick(['H', 'M'])}${r.pick(['DF', 'JC', 'NL'])}${r.form('???##')}`
  },
  'IE PPS': (r) => {
    const number = r.form('#######')
    return `${number}${'WABCDEFGHIJKLMNOPQRSTUV'[sumOf(number, [8, 7, 6, 5, 4, 3, 2]) % 23]}`
  },
  'TW id': (r) => {
    const number = `${r.whole(1, 2)}${r.form('#######')}`
    // `A` stands for 10: 1 and 0 times 9.
    const check = (10 - ((1 + sumOf(number, [8, 7, 6, 5, 4, 3, 2, 1])) % 10)) % 10
    return `A${number}${check}`
  },
  'EE isikukood': (r) =>
    tried(() => {
      const { yy, mm, dd } = birth(r)
      const body = `${r.whole(3, 4)}${yy}${mm}${dd}${r.form('###')}`
      const check = sumOf(body, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11
      return check === 10 ? undefined : `${body}${check}`
    }),
}

import type { Random } from './random.ts'
import type { LookAlike } from './split.ts'

export type Makers = Readonly<Record<string, (random: Random) => LookAlike>>

/** All its strings and numbers have to survive. */
export function kept(value: Readonly<Record<string, unknown>>): LookAlike {
  return { value, keep: Object.values(value).flatMap(asKept) }
}

function asKept(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(asKept) : []
}

function ean(random: Random): string {
  const body = random.form('############')
  const sum = [...body].reduce((total, figure, i) => total + Number(figure) * (i % 2 ? 3 : 1), 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}

/** With generated figures: every split draws its own. */
export const drawnLookAlikes: Makers = {
  city_country: (r) =>
    kept({
      geo: {
        city: r.pick([
          'Florence',
          'Paris',
          'Georgia',
          'San Jose',
          'Jackson',
          'Wien',
          'São Paulo',
          'Lincoln',
          'Sofia',
        ]),
        country: r.pick(['Jordan', 'Chad', 'Österreich', 'Côte d’Ivoire', 'US']),
      },
    }),
  ean_isbn_sku: (r) =>
    kept({
      ean: ean(r),
      isbn: `979-${r.form('#-####-####-#')}`,
      sku: r.form(r.pick(['??-####-??', '#####?', '???#####', '???-##-????-##'])),
    }),
  ean_text: (r) => {
    const code = ean(r)
    return { value: { message: `barcode ${code} not found` }, keep: [code] }
  },
  epoch_timestamp: (r) =>
    kept({
      ts: r.whole(1_500_000_000, 1_800_000_000),
      sentAtMs: r.whole(1_500_000_000_000, 1_800_000_000_000),
      nanos: `${r.whole(15, 17)}${r.form('#################')}`,
    }),
  epoch_text: (r) => {
    const at = `1${r.whole(5, 7)}${r.form('###########')}`
    return { value: `clock skew: event at ${at}, received later`, keep: [at] }
  },
  ga_client_id: (r) =>
    kept({
      cid: `GA1.2.${r.form('1########.17########')}`,
      fbp: `fb.1.17${r.form('###########')}.${r.form('1#########')}`,
    }),
  geo_coordinates: (r) => {
    const [lat, lng] = [
      `${r.whole(-80, 80)}.${r.form('######')}`,
      `${r.whole(-170, 170)}.${r.form('#######')}`,
    ]
    return { value: { at: `${lat},${lng}`, q: `shops near ${lat} ${lng}` }, keep: [lat, lng] }
  },
  git_sha_hash: (r) =>
    kept({
      commit: r.form('x'.repeat(40)),
      etag: `"${r.form('x'.repeat(32))}"`,
      integrity: `sha256-${r.form('*'.repeat(43))}=`,
      short: r.form('xxxxxxx'),
    }),
  ids_9_10: (r) =>
    kept({
      articleId: r.whole(100_000_000, 9_999_999_999),
      shelf: r.form('##########'),
      lot: r.form('L########'),
    }),
  order_grouped: (r) => {
    const id = r.form(
      r.pick([
        '###-#######-#######',
        '####-####-###',
        '#####-#####',
        'ORD-####-######',
        '##-#####-#####',
        '#########-###',
      ]),
    )
    return { value: `order ${id} has not arrived`, keep: [id] }
  },
  order_numeric: (r) =>
    kept({
      order_id: r.form(r.pick(['2###########', '7#########', '91############', '18##############'])),
      invoice: r.form(r.pick(['RE-######', 'INV####/##', 'F20##-#####'])),
    }),
  tracking: (r) => {
    const number = r.form(
      r.pick([
        '1Z????########0###',
        'JD##################',
        'RR#########??',
        '00340434##########',
        '9400 1### #### #### #### ##',
      ]),
    )
    return { value: { message: `parcel ${number} is in transit` }, keep: [number] }
  },
  price: (r) => {
    const price = r.pick([
      r.form('1.###,## €'),
      r.form('$#,###.##'),
      r.form('1 ### ### kr'),
      r.form('¥###,###'),
      r.form('CHF 1’###.##'),
    ])
    return kept({ amountMinor: r.whole(100, 99_999_999), shown: price, text: `total ${price} incl. VAT` })
  },
  version: (r) =>
    kept({
      version: r.form('1#.#.####.##'),
      build: r.form('20##.1.#'),
      ua: r.form('okhttp/4.##.#'),
      text: `updated to version 2.${r.form('#.1##.#')}`,
    }),
  uuid: (r) =>
    kept({
      id: r.form('xxxxxxxx-xxxx-4xxx-axxx-xxxxxxxxxxxx'),
      ulid: r.form('01J##?##?##?##?##?##?##?##').toUpperCase(),
      oid: r.form('6'.concat('x'.repeat(23))),
      nano: r.form('*********************'),
      ks: r.form('2***************************'),
    }),
  quantities: (r) =>
    kept({
      size: `${r.whole(1, 900)}x${r.whole(1, 900)}x${r.whole(1, 90)} mm`,
      pack: `${r.whole(2, 48)} x 330 ml`,
      steps: r.whole(1_000_000, 90_000_000),
      text: `viewed ${r.form('# ### ###')} pixels`,
    }),
  iso_dates: (r) =>
    kept({
      ship_date: `20${r.form('2#')}-0${r.whole(1, 9)}-1${r.whole(0, 9)}`,
      text: `delivery on ${r.whole(10, 28)}.0${r.whole(1, 9)}.2026 between 10:00 and 12:00`,
      bestBefore: `${r.whole(10, 28)}/11/2027`,
    }),
  utm: (r) =>
    kept({
      url: `https://www.shop.test/?utm_source=mail&utm_medium=email&utm_content=name_${r.form('######')}&fbclid=IwAR${r.form('*'.repeat(40))}&msclkid=${r.form('x'.repeat(32))}`,
    }),
  ua: (r) =>
    kept({
      userAgent: `Mozilla/5.0 (Linux; Android 1${r.whole(0, 6)}; SM-${r.form('?###?')}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/1${r.form('##')}.0.${r.form('####')}.${r.form('##')} Mobile Safari/537.36`,
    }),
}

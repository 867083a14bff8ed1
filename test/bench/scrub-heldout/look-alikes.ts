import type { Random } from './random.ts'
import type { LookAlike } from './split.ts'

type Makers = Readonly<Record<string, (random: Random) => LookAlike>>

/** All its strings and numbers have to survive. */
function kept(value: Readonly<Record<string, unknown>>): LookAlike {
  return { value, keep: Object.values(value).flatMap(asKept) }
}

function asKept(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(asKept) : []
}

const one =
  (key: string, from: readonly string[]) =>
  (random: Random): LookAlike =>
    kept({ [key]: random.pick(from) })

function ean(random: Random): string {
  const body = random.form('############')
  const sum = [...body].reduce((total, figure, i) => total + Number(figure) * (i % 2 ? 3 : 1), 0)
  return `${body}${(10 - (sum % 10)) % 10}`
}

/** With generated figures: every split draws its own. */
const drawn: Makers = {
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

export const tunedLookAlikes: Makers = {
  ...drawn,
  css: one('selector', [
    '#phone-input',
    '.address-form > label',
    'input[type="email"]',
    'form#login input[name="password"]:focus',
    '[data-name="user"]',
    '#ssn::placeholder',
    'td.iban:nth-of-type(2)',
  ]),
  device: one('device', [
    'SM-S918B/DS',
    'moto g(60)',
    'Redmi Note 12 Pro',
    'LM-Q730',
    'iPad13,16',
    'CPH2557',
    'KFTRWI',
    'Galaxy S24 Ultra',
  ]),
  error: one('message', [
    "Cannot read property 'phone' of null",
    'ValidationError: "email" must be a valid email',
    'Password is incorrect',
    'Invalid token at line 12:34',
    'NetworkError: 0x80070005 at 00:12:59.123',
    'Name is required',
    'address in use :::3000',
    'expected date, got 2026-13-45',
    'SSN field cannot be empty',
    'a::before { content: "x" } is invalid',
    'Unexpected token < in JSON at position 0',
    'card was declined (code 51)',
    'session expired, please sign in: password or passkey',
  ]),
  event_name: one('name', [
    'email_link_clicked',
    'phone_number_changed',
    'address_saved',
    'password_reset_requested',
    'card_added',
    'birthday_banner_seen',
    'name_edited',
    'token_expired',
  ]),
  path: one('path', [
    '/account/email',
    '/checkout/address',
    '/profile/phone-number',
    '/reset-password',
    '/users/me/cards',
    '/help/what-is-an-iban',
    '/en/name-day-calendar',
    '/login?next=/account/passwords',
    '/gift-card/birthday',
    '/search?q=birthday+card+for+john',
  ]),
  product: one('product_name', [
    'James Bond Mug',
    'Harry Potter Wand',
    'Levi Strauss Jeans 501',
    'Tommy Hilfiger Polo',
    'Jamie Oliver Pan 28 cm',
    'Ralph Lauren Shirt',
    'St. James Street Candle',
    'Dr. Oetker Pizza',
    'Ben & Jerry’s Ice Cream',
    'Jack Daniel’s Glass',
    'Mr. Clean Sponge',
    'Baker Street Tea',
  ]),
  retail: one('name', [
    'ASSORTED COLOUR BIRD ORNAMENT',
    'POPPY’S PLAYHOUSE BEDROOM',
    'LOVE BUILDING BLOCK WORD',
    'DOORMAT NEW ENGLAND',
    'JAM MAKING SET WITH JARS',
    'CARD DOLLY GIRL',
    'PAPER CHAIN KIT 50’S CHRISTMAS',
    'STREET LAMP T-LIGHT',
    'PHONE ANTIQUE WHITE',
  ]),
  retina: one('message', [
    'missing banner@2x.webp',
    'npm i vue@3.4.21',
    '@media print ignored',
    '@types/node@20.1.0 not found',
    'thanks @shopteam',
    'sprite@1.5x.png 404',
    'eslint@^8.0.0 conflicts with eslint@9',
    'meet @ 5pm',
    '2 @ 4.99',
  ]),
  search: one('query', [
    'name tags',
    'phone holder car',
    'password notebook a5',
    'iphone 14 128gb',
    'usb-c 3.2 cable 2m',
    'battery cr2032 10 pack',
    'address stamp',
    'st patricks day',
    'dress size 38/40',
    '4k tv 55',
    'call of duty ps5',
    'dear john book',
    'mr robot season 1 dvd',
  ]),
}

export const untunedLookAlikes: Makers = {
  ...drawn,
  css: one('selector', [
    'label[for=email]',
    '.user-name.active',
    '#billing-address input',
    'a[href^="tel:"]',
    'a[href="mailto:"]',
    '.card-number::after',
    'button[aria-label="Show password"]',
    '#dob_year',
  ]),
  device: one('device', [
    'Pixel 8a',
    'M2101K6G',
    'SHIELD Android TV',
    'Xperia 1 V',
    'AppleTV11,1',
    'Windows 11 x64',
    'HD1901_11_F.23',
    'VOG-L29',
  ]),
  error: one('message', [
    'phone: must match ^[0-9]{10}$',
    "Failed to execute 'setItem': quota 5242880 exceeded",
    'password mismatch',
    'Could not parse address (line 3)',
    'TypeError: user.name is undefined',
    'timeout of 15000ms exceeded at 11:22:33',
    'token required',
    'Invalid date of birth format',
    'segment 0000:00:1f.2 not ready',
    'SQLSTATE[23000]: 1062 duplicate entry for key email',
    'email is already taken',
    'no route to host (113)',
    'foo::Bar::baz threw at 0xdeadbeef',
  ]),
  event_name: one('name', [
    'sms_code_sent',
    'login_with_email',
    'iban_form_opened',
    'birth_year_selected',
    'street_suggested',
    'passport_upload_started',
    'credit_card_tab',
    'jwt_refreshed',
  ]),
  path: one('path', [
    '/my/addresses/new',
    '/forgot-password',
    '/settings/phone',
    '/blog/how-to-pick-a-strong-password',
    '/c/name-necklaces',
    '/api/v2/tokens',
    '/faq?topic=email-delivery',
    '/search?q=name+plate',
    '/tel-aviv-collection',
    '/street-style/2026',
  ]),
  product: one('product_name', [
    'Paul Smith Socks',
    'Johnnie Walker Black',
    'Mrs. Meyer’s Soap',
    'Mary Berry Cake Tin',
    'Hugo Boss Bottled 100ml',
    'Uncle Ben’s Rice',
    'Captain Morgan Glass',
    'Yves Rocher Gel',
    'Karl Lagerfeld Bag',
    'Downing Street Mug',
    'Lord Nelson Tea 25',
    'Emma Bridgewater Jug',
  ]),
  retail: one('name', [
    'HAND WARMER BIRD DESIGN',
    'REGENCY CAKESTAND 3 TIER',
    'LUNCH BAG CARS BLUE',
    'JUMBO BAG BAROQUE BLACK',
    'DOLLY GIRL LUNCH BOX',
    'TEA TIME PARTY BUNTING',
    'GARDENERS KNEELING PAD',
    'HOME SWEET HOME MUG',
    'LETTER HOLDER HOME',
    'NAME PLATE ENAMEL',
  ]),
  retina: one('message', [
    '404 hero-image@3x.jpg',
    'angular@17.0.0-rc.1 has no export',
    '@keyframes spin',
    'ping @channel',
    'upgrade @babel/core@7.24.0',
    'avatar@2x.avif too big',
    '3 @ £1.50',
    'webpack@5 builds',
    'see @font-feature',
  ]),
  search: one('query', [
    'email template book',
    'birthday candles number 7',
    'number plate holder',
    'lego 10300',
    'samsung s23 fe case',
    '12v 7ah battery',
    'white street sign',
    'card holder',
    'hello kitty mug',
    'iphone 13 mini 64',
    'pin badges',
    'baby name book',
    'royal mail post box toy',
  ]),
}

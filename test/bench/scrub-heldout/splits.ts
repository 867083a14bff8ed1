import { englishNumbers } from './english-numbers.ts'
import { englishPeople } from './english-people.ts'
import { tunedLookAlikes, untunedLookAlikes } from './look-alikes.ts'
import { commonIds, furtherIds } from './national-ids.ts'
import { KINDS, type Split } from './split.ts'
import { tunedKeys, tunedTexts } from './tuned-texts.ts'
import { untunedKeys, untunedTexts } from './untuned-texts.ts'

const hex = (count: number): string => 'x'.repeat(count)
const any = (count: number): string => '*'.repeat(count)
/** Letters that `Random.form` would replace stand for themselves. */
const said = (text: string): string => text.replace(/[#?x*]/g, '\\$&')

function bothTexts(some: Split['texts'], others: Split['texts']): Split['texts'] {
  return Object.fromEntries(KINDS.map((kind) => [kind, [...(some[kind] ?? []), ...(others[kind] ?? [])]]))
}

/** The detectors were looked after with these. */
const tuned: Split = {
  seed: 20_261_121,
  locales: ['en', 'de', 'fr', 'es', 'it', 'nl', 'pt_BR', 'pl', 'sv'],
  keys: tunedKeys,
  texts: bothTexts(tunedTexts, { ...englishPeople, ...englishNumbers }),
  apiKeys: {
    AWS: `${said('AKIA')}????????????????`,
    Stripe: said('sk_live_') + any(24),
    'Stripe test': said('rk_test_') + any(30),
    GitHub: said('ghp_') + any(36),
    GitLab: said('glpat-') + any(20),
    Slack: `${said('xoxb-')}############-############-${any(24)}`,
    Google: said('AIza') + any(35),
    SendGrid: `${said('SG.')}${any(22)}.${any(43)}`,
    Twilio: said('SK') + hex(32),
    Mailchimp: `${hex(32)}-us${'##'}`,
    npm: said('npm_') + any(36),
    OpenAI: said('sk-proj-') + any(48),
    Shopify: said('shpat_') + hex(32),
    Square: said('sq0atp-') + any(22),
    DigitalOcean: said('dop_v1_') + hex(64),
    Telegram: `##########:AA${any(33)}`,
    PyPI: said('pypi-AgEIcHlwaS5vcmc') + any(100),
    Discord: `M${any(25)}.${any(6)}.${any(38)}`,
  },
  ids: commonIds,
  edgeEmails: [
    '"very.unusual.@.unusual.com"@example.com',
    'test@iana',
    'a@b.co',
    "o'brien@example.ie",
    'user%example.com@example.org',
    'first+tag+more@sub.sub2.example.travel',
    'x@[198.51.100.4]',
    'jörg@bücher.example',
    '用户@例子.公司',
    '!def!xyz%abc@example.com',
    'customer/department=shipping@example.com',
    '_somename@example.com',
    'x@[IPv6:2001:db8::1]',
    'test@xn--bcher-kva.example',
  ],
  products: [
    'WOODLAND CHARLOTTE BAG',
    'Tiroler Bergkäse',
    'Box of 12 candles',
    'SET/6 PARTY CUPS',
    'Blue Mug',
    'CARD BIRTHDAY COWBOY',
  ],
  lookAlikes: tunedLookAlikes,
}

/** Nobody mended anything with these: they say how well the detectors have learned. */
const untuned: Split = {
  seed: 77_003,
  locales: ['en_GB', 'de_AT', 'fr_CH', 'es_MX', 'it', 'nl_BE', 'pt_PT', 'pl', 'sv', 'da', 'fi', 'cs_CZ'],
  keys: untunedKeys,
  texts: untunedTexts,
  apiKeys: {
    'AWS session': `${said('ASIA')}????????????????`,
    'Stripe webhook': said('whsec_') + any(32),
    'GitHub app': said('ghs_') + any(36),
    'GitHub fine': `${said('github_pat_')}${any(22)}_${any(59)}`,
    'GitLab runner': said('glrt-') + any(20),
    'Slack user': `${said('xoxp-')}############-############-############-${hex(32)}`,
    'Google OAuth': said('GOCSPX-') + any(28),
    Anthropic: said('sk-ant-api03-') + any(93),
    'Hugging Face': said('hf_') + any(34),
    Mailgun: said('key-') + hex(32),
    'New Relic': `${said('NRAK-')}???????????????????????????`,
    Postman: `${said('PMAK-')}${hex(24)}-${hex(34)}`,
    Vault: said('hvs.') + any(90),
    Linear: said('lin_api_') + any(40),
    Docker: said('dckr_pat_') + any(27),
    Doppler: said('dp.pt.') + any(43),
    Databricks: said('dapi') + hex(32),
    Sendinblue: `${said('xkeysib-')}${hex(64)}-${any(16)}`,
    'Shopify app': said('shpss_') + hex(32),
    Supabase: said('sbp_') + hex(40),
    Groq: said('gsk_') + any(52),
    Resend: `${said('re_')}${any(8)}_${any(24)}`,
  },
  ids: { ...furtherIds, ...commonIds },
  edgeEmails: [
    '"john smith"@example.net',
    'admin@localhost',
    'me@ab.cd',
    'd’arc@example.fr',
    'long.local.part.with.many.dots.and.numbers.123@mail.example.photography',
    'disposable.style.email.with+symbol@example.com',
    'user@[203.0.113.77]',
    'søren@smørrebrød.example',
    'иван@почта.рф',
    "#!$%&'*+-/=?^_`{}|~@example.org",
    'mailhost!username@example.org',
    '-leading@example.com',
    'user@example.xn--p1ai',
    '1234567890@example.com',
  ],
  products: [
    'VINTAGE DOILY JUMBO BAG RED',
    'Käsespätzle 500 g',
    'Le Petit Marseillais',
    'PACK OF 72 RETROSPOT CAKE CASES',
    'Green Hoodie',
    'SMALL MARSHMALLOWS PINK BOWL',
  ],
  lookAlikes: untunedLookAlikes,
}

export const splits = { tuned, untuned }

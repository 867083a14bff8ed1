/** From the beginning of its run of letters, so that a long run without a point is gone through once, not once an `eyJ`. */
const JWT = /(?<![\w-])(?=[\w-]*?\beyJ[\w-]{8})([\w-]+)\.[\w-]{8,8000}(?:\.[\w-]{0,2000})?/g
const AUTHORIZATION =
  /\b(bearer|basic|digest|negotiate)(?: |%20|\+){1,3}(?=[^ ]{0,200}[\d=._-])([\w.~+/=-]{8,4000})/gi
const PRIVATE_KEY = /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[\s\S]{0,8000}?(?:-----END [A-Z ]{0,30}-----|$)/g

/** Keys whose makers gave them a shape of their own. */
const MAKERS: readonly string[] = [
  '(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}', // AWS
  'AIza[\\w-]{35,36}|ya29\\.[\\w-]{20,400}|GOCSPX-[\\w-]{20,60}', // Google
  'gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\\w{22,255}', // GitHub
  'gl(?:pat|ptt|dt|rt|soat|cbt)-[\\w-]{20,64}', // GitLab
  'xox[abeoprs]-[\\w-]{10,200}|xapp-[\\w-]{10,200}', // Slack
  '(?:sk|pk)_[0-9a-f]{48}', // Millrace
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{16,100}', // Stripe
  'sk-(?:proj-|ant-|svcacct-|or-)?[\\w-]{20,255}', // OpenAI, Anthropic
  'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}', // SendGrid
  '(?:SK|AC)[0-9a-f]{32}', // Twilio
  '[0-9a-f]{32}-us\\d{1,2}', // Mailchimp
  'key-[0-9a-f]{32}', // Mailgun
  'shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}', // Shopify
  'npm_[A-Za-z0-9]{36}|pypi-[\\w-]{50,300}|rubygems_[0-9a-f]{48}|dckr_pat_[\\w-]{20,64}',
  'EAA[A-Za-z0-9]{30,300}|sq0(?:atp|csp)-[\\w-]{22,60}|hf_[A-Za-z0-9]{30,60}', // Meta, Square, Hugging Face
  'dop_v1_[0-9a-f]{64}|HRKU-[\\w-]{30,80}|NRAK-[A-Z0-9]{27}|lin_api_[A-Za-z0-9]{30,60}',
  'hvs\\.[\\w-]{24,200}|pul-[0-9a-f]{40}|PMAK-[0-9a-f-]{50,64}|figd_[\\w-]{30,60}|ntn_[A-Za-z0-9]{40,60}',
  'phx_[A-Za-z0-9]{30,60}|phc_[A-Za-z0-9]{30,60}|sntrys_[\\w+/=-]{40,300}|atlasv1-[\\w-]{40,80}',
]
const API_KEY = new RegExp(`(?<![A-Za-z0-9])(?:${MAKERS.join('|')})(?![A-Za-z0-9])`, 'g')

/** Replaces JWTs, API keys of known makers and private keys by `[token]`. */
export function maskTokens(text: string): string {
  let masked = text
  if (masked.includes('eyJ'))
    masked = masked.replace(JWT, (_found, run: string) => `${run.slice(0, run.search(/\beyJ/))}[token]`)
  if (masked.includes('-----BEGIN')) masked = masked.replace(PRIVATE_KEY, '[token]')
  return masked.replace(API_KEY, '[token]')
}

/** Replaces what stands after `Bearer`, `Basic` and their like by `[token]`. */
export function maskCredentials(text: string): string {
  return text.replace(AUTHORIZATION, '$1 [token]')
}

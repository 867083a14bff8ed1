/** Keys, tokens and secrets whose makers gave them a shape of their own; sources of regular expressions. */
export const KEYS_OF_MAKERS: readonly string[] = [
  '(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{16}', // AWS
  'AIza[\\w-]{35,36}|ya29\\.[\\w-]{20,400}|GOCSPX-[\\w-]{20,60}', // Google
  'gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\\w{22,255}', // GitHub
  'gl(?:pat|ptt|dt|rt|soat|cbt|oas|agent|imt|ft)-[\\w-]{20,64}', // GitLab
  'xox[abceoprs]-[\\w-]{10,250}|xapp-[\\w-]{10,250}|xwfp-[\\w-]{10,250}', // Slack
  'T[A-Z0-9]{8,12}/B[A-Z0-9]{8,12}/[A-Za-z0-9]{20,30}', // Slack's web hooks
  '(?:sk|pk)_[0-9a-f]{48}', // Millrace
  '(?:sk|rk|pk)_(?:live|test|prod|sbox)_[A-Za-z0-9]{10,255}|whsec_[A-Za-z0-9+/=]{16,100}', // Stripe, Paystack, Clerk
  'sk-(?:proj-|ant-|svcacct-|admin-|or-|lf-)?[\\w-]{20,255}', // OpenAI, Anthropic, OpenRouter, DeepSeek
  '(?:gsk|xai|pplx|r8|nvapi|tvly|fw|hf|api_org|jina|csk|AQ)[_-][A-Za-z0-9_-]{30,255}', // other makers of models
  'SG\\.[\\w-]{16,32}\\.[\\w-]{16,64}|xkeysib-[0-9a-f]{64}-\\w{16}|re_[A-Za-z0-9]{6,10}_[A-Za-z0-9]{16,40}', // mail
  '[0-9a-f]{32}-us\\d{1,2}|(?:key|pubkey)-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}', // Mailchimp, Mailgun
  '(?:SK|AC)[0-9a-f]{32}', // Twilio
  'shp(?:at|ca|pa|ss|tka|ua)_[A-Fa-f0-9]{32}', // Shopify
  'npm_[A-Za-z0-9]{36}|pypi-[\\w-]{50,300}|rubygems_[0-9a-f]{48}|dckr_(?:pat|oat)_[\\w-]{20,64}|oy2[a-z0-9]{43}',
  'EAA[A-Za-z0-9]{30,300}|sq0(?:atp|csp|idp)-[\\w-]{22,60}|EAAA[\\w-]{60}|rzp_(?:live|test)_[A-Za-z0-9]{14,40}',
  'access_token\\$(?:production|sandbox)\\$[0-9a-z]{16}\\$[0-9a-f]{32}|access-(?:sandbox|development|production)-[0-9a-f-]{36}',
  'do[por]_v1_[0-9a-f]{64}|HRKU-[\\w-]{30,80}|NR(?:AK|RA|JS|II|IQ)-[A-Z0-9]{19,40}|[0-9a-f]{36}NRAL',
  'lin_(?:api|oauth)_[A-Za-z0-9]{30,64}|hv[sbr]\\.[\\w-]{24,300}|pul-[0-9a-f]{40}|PMAK-[0-9a-f-]{50,64}|fig[du]_[\\w-]{30,60}',
  'ntn_[A-Za-z0-9]{40,60}|secret_[A-Za-z0-9]{43}|ph[cxs]_[A-Za-z0-9]{30,60}|sntry[su]_[\\w+/=-]{40,300}|\\w{14}\\.atlasv1\\.[\\w-]{40,80}|atlasv1-[\\w-]{40,80}',
  '\\d{8,10}:AA[\\w-]{32,36}', // Telegram
  '[MNO][A-Za-z0-9_-]{23,27}\\.[\\w-]{6}\\.[\\w-]{27,40}', // Discord
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{40,80}|dapi[0-9a-f]{32}|sbp_[0-9a-f]{40}|sb_(?:secret|publishable)_[\\w-]{20,60}',
  'gl(?:sa|c)_[\\w+/=]{32,400}|nfp_[A-Za-z0-9]{36,50}|fo1_[\\w-]{40,60}|fm[12][ar]?_[\\w+/=-]{40,400}|tskey-[\\w-]{20,80}',
  'AT(?:ATT|CTT|BB)[\\w=-]{24,250}|pat[A-Za-z0-9]{14}\\.[0-9a-f]{64}|pat-(?:na|eu)\\d-[0-9a-f-]{36}|LTAI[A-Za-z0-9]{12,26}',
  'CFPAT-[\\w-]{43}|sl\\.[A-Za-z0-9_-]{130,250}|dt0[a-z]\\d{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}|EZ[AT]K[A-Za-z0-9]{54}|shippo_(?:live|test)_[0-9a-f]{40}',
  'pscale_(?:tkn|pw|oauth)_[\\w.=-]{30,80}|pnu_[A-Za-z0-9]{36}|rdme_[a-z0-9]{70}|sq[pua]_[0-9a-f]{40}|CCIPAT_\\w{20,70}|bkua_[0-9a-f]{40}',
  '[ps]k\\.eyJ[\\w-]{20,200}\\.[\\w-]{20,40}|ops_eyJ[\\w-]{100,800}|A3-[A-Z0-9]{6}-(?:[A-Z0-9]{5,11}-?){4,5}|sha256~[\\w-]{43}|AGE-SECRET-KEY-1[A-Z0-9]{58}',
  'AKCp[A-Za-z0-9]{60,80}|cio[A-Za-z0-9]{32}|tfp_[\\w.=-]{59}|FLWSECK(?:_TEST)?-[\\w-]{20,50}|(?:live|test)_[A-Za-z0-9]{30,40}|sgp_[\\w]{40,64}|AQVN[\\w-]{35,40}',
  '(?=[a-z_]{0,24}[^_]{0,60}\\d)[a-z]{2,10}_(?:[a-z]{2,10}_)?(?=[A-Za-z]{0,60}\\d)(?=[a-z0-9]{0,60}[A-Z])(?=[A-Z0-9]{0,60}[a-z])[A-Za-z0-9]{32,255}',
]

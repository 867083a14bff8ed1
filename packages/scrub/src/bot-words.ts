/**
 * Programs that carry a browser's user agent and one word of their own, which isbot passes by: what they are for, and the
 * names they give. In-app browsers (Facebook, Snapchat, Line, …) and desktop applications on Electron are people's.
 */
const AUTOMATION = [
  // drivers of browsers
  'headless|phantomjs|slimerjs|selenium|webdriver|puppeteer|playwright|cypress|electron-nightmare|testcafe|nightwatch|splash\\b|browserstack|saucelabs|lambdatest|applitools|percy\\b|chromatic\\b',
  // measuring of pages
  'lighthouse|ptst/|speedcurve|webpagetest|gtmetrix|debugbear|\\bcalibre/|sitespeed\\.io|\\bylt\\b|yellowlab|dareboost|pagespeed|pingdom|treo\\.sh',
  // checks that a site is up
  'thousandeyes|alertsite|\\bktxn\\b|gomezagent|checkly|synthetics?\\b|heartbeat/|uptime|statuscake|site24x7|catchpoint|kube-probe|blackbox.?exporter|prometheus/|zabbix|nagios|\\bprtg\\b|icinga|munin|envoy/hc|health.?check',
  // pictures of pages
  'screenshot|prerender|url2png|urlscan',
].join('|')

const CRAWLER = [
  // assistants and editors that read pages for people
  '(?:chatgpt|claude|perplexity|mistralai|manus|gemini|deepseek|grok|copilot)-(?:user|deep|agent)|novaact|\\bdevin/|deep-research|\\btrae/|\\bwindsurf/|\\bcursor/\\d|\\bkiro/|antigravity/|\\bvscode/|\\bcode/\\d|copilotchat|\\bcodeium|\\bzed/\\d',
  // search of security holes
  'qualys|nessus|acunetix|sqlmap|\\bburp|owasp|\\bnikto|netsparker|invicti|wpscan|detectify|expanse|censys|barracuda(?:central| sentinel)|proofpoint|mimecast|whatweb',
  // copies of sites
  'httrack|cyotek|offline explorer|teleport pro|webcopier|webzip|sitesucker|wayback|heritrix|\\bnutch|archiver',
  // readers of feeds and lists
  'feedly|inoreader|miniflux|\\bvienna/|rssowl|akregator|liferea|feedfetcher|\\brss\\b|netvibes|instapaper|\\bpocket/|readability/',
  // previews of links
  'facebookexternal|meta-external|iabmv/|iframely|embedly|urlpreview|url preview|link ?preview|opengraph|metascraper|unfurl|vkshare|cardyb|mastodon/|\\bpinterest/0|tumblr/\\d|snap url',
  // search engines, checks of links, marks for search engines
  'mediapartners|yadirectfetcher|\\byandex(?!browser|search)[a-z]+/|coccoc(?!_?browser)bot|\\byeti/|qwantify|mojeek|screenshot-generator|sitebulb|\\blumar\\b|botify|\\bryte\\b|seobility|seokicks|woorank|\\bxenu\\b|checklink|link ?check|siteimprove|monsido|builtwith|contentking|screaming frog',
  // advertising and press
  'admantx|grapeshot|proximic|peer39|doubleverify|geoedge|integralads|\\bias[-_/]|comscore|meltwater|brandwatch|talkwalker|awario|buzzsumo|trendsmap|outbrain|taboola|criteo',
  'cloudinary|cloudfront|wordpress/|jetpack|drupal|contentful|\\bzoominfo|clearbit',
].join('|')

const LIBRARY = [
  '^(?:curl|wget|libwww|python|aiohttp|httpx|go-http|java|okhttp|axios|node|undici|got|ruby|php|guzzle|perl|lwp|dart|apache-httpclient|postman|insomnia|httpie|restsharp|faraday|reqwest|hyper|scrapy|winhttp|typhoeus|urllib|superagent|request|k6|jmeter|vegeta|hey|ab)\\b',
  '\\b(?:python-requests|node-fetch|go-http-client|apache-httpclient|libcurl|okhttp|guzzlehttp|scrapy|axios|restsharp|aria2|symfony|jersey|postmanruntime|insomnia|faraday|colly)\\b',
  '\\b(?:curl|wget)/\\d',
].join('|')

export const SAYS_AUTOMATION = new RegExp(AUTOMATION, 'i')
export const SAYS_CRAWLER = new RegExp(CRAWLER, 'i')
export const SAYS_LIBRARY = new RegExp(LIBRARY, 'i')

const byExponent: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  // ANG and BGN were withdrawn in 2025 and 2026: orders of the years before are still imported.
  2: `
   AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
   CDF CHE CHF CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD
   GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA
   MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR
   RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD
   TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

/** Codes of ISO 4217 with their exponent. Metals, funds without minor units and test codes are no money here. */
export const currencies: ReadonlyMap<string, number> = new Map(
  Object.entries(byExponent)
    .flatMap(([exponent, codes]) =>
      codes
        .trim()
        .split(/\s+/)
        .map((code): [string, number] => [code, Number(exponent)]),
    )
    .toSorted(([one], [other]) => (one < other ? -1 : 1)),
)

/** Decimals of a currency by its upper-case code: EUR 2, JPY 0, KWD 3; undefined for what is no active currency. */
export function currencyExponent(code: string): number | undefined {
  return currencies.get(code)
}

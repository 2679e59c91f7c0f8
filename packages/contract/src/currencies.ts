/**
 * Lists the currencies of ISO 4217 with their minor units, and writes amounts. It stays out of index.ts, so that the SDK
 * does not ship it.
 */

/**
 * Codes by the digits of their minor unit, as ISO 4217 has them: other lists follow the coins in use, and give HUF and
 * IQD none. Codes without a minor unit are left out: no currency (XXX), tests (XTS), metals (XAU) and units of account (XDR).
 */
const codesByDigits: Record<number, string> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY
    COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP
    STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
    ANG BGN CUC HRK SLL ZWL`, // the last line was withdrawn since 2021: refunds and imported orders still use it
  3: 'BHD IQD JOD KWD LYD OMR TND',
  4: 'CLF UYW',
}

/** The digits after the decimal point of each currency: 2 for EUR, 0 for JPY, 3 for KWD. */
export const minorUnitDigits: ReadonlyMap<string, number> = new Map(
  Object.entries(codesByDigits).flatMap(([digits, codes]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code): [string, number] => [code, Number(digits)]),
  ),
)

/**
 * Writes an amount of minor units without its currency: 500000 HUF is `5,000.00`, 5000 IQD is `5.000`, 5000 JPY is `5,000`. A
 * fraction of a minor unit is rounded. A currency that is not in the list is taken to have two digits.
 */
export function formatMoney(minorUnits: number | bigint | string, currency: string): string {
  const digits = minorUnitDigits.get(currency) ?? 2
  const units = BigInt(typeof minorUnits === 'number' ? Math.round(minorUnits) : minorUnits)
  const all = String(units < 0n ? -units : units).padStart(digits + 1, '0')
  const whole = all.slice(0, all.length - digits).replace(/\B(?=(\d{3})+$)/g, ',')
  const fraction = digits > 0 ? `.${all.slice(-digits)}` : ''
  return `${units < 0n ? '-' : ''}${whole}${fraction}`
}

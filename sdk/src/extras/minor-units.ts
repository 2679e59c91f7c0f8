/** Turns an amount of money into minor units: cents, but whole yen. */

// ISO 4217. Intl will not do: V8 follows daily use and gives HUF, IDR, COP and IQD no decimals, while Firefox follows the
// standard.
const decimals: Record<string, number> = {}
for (const [count, currencies] of [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
] as const) {
  for (const currency of currencies.split(' ')) decimals[currency] = count
}

/**
 * The amount as a whole number of minor units of `currency`, halves away from zero: 19.99 EUR is 1999, 1.005 EUR is 101.
 * Undefined when either is invalid: amounts are numbers, or text that JavaScript reads as a decimal number (`'1299.00'`, not
 * `'1,299.00'`).
 */
export function minorUnits(amount: unknown, currency: string): number | undefined {
  if (!/^[A-Z]{3}$/.test(currency)) return undefined
  // Works on the decimal digits, because 1.005 * 100 is 100.49999999999999.
  const written = /^\s*(-?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d+))?\s*$/i.exec(String(amount))
  if (!written) return undefined
  const [, sign, digits, power = 0] = written
  const units = Math.round(Number(`${digits}e${Number(power) + (decimals[currency] ?? 2)}`))
  if (!Number.isSafeInteger(units)) return undefined
  return sign ? 0 - units : units // not -0, which JSON cannot represent
}

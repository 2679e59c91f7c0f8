/** Writes an amount of money for people. */
import { formatMoney } from '@headwater/contract/currencies'

/** For example `1,234.50 EUR`. */
export const moneyText = (minorUnits: number, currency: string): string =>
  `${formatMoney(minorUnits, currency)} ${currency}`

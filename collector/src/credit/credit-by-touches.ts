/** Credits a conversion to the touches that led to it. */
import { credit } from '@headwater/attribution/credit'
import { modelKey } from '@headwater/attribution/models/model-key'
import { type Conversion, type CreditedConversion, noCredit } from './conversion.ts'
import type { Path } from './paths.ts'

const dayMs = 86_400_000

export function creditByTouches<C extends Conversion>(conversion: C, path: Path): C & CreditedConversion {
  const { occurredAt: at, valueCents, rules, counted } = conversion
  const { lookbackDays, defaultModel, models } = rules
  const options = { lookbackMs: lookbackDays * dayMs, defaultModel, models }
  const { touches, milestones } = path
  return {
    ...conversion,
    credit: counted === false ? noCredit : credit({ at, valueCents, milestones }, touches, options),
    model: modelKey(defaultModel),
    lookbackDays,
    overRefundCents: 0,
  }
}

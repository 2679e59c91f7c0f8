/** What a conversion rule may say, as JSON from outside. */
import { checkMatcher } from '@headwater/attribution/matcher/check-matcher'
import { eventFields, type Matcher } from '@headwater/attribution/matcher/matcher'
import { limits } from '@headwater/contract'
import { z } from 'zod'
import { countings } from '../credit/counting/counting.ts'
import { lookbackDays, modelText, modelTexts } from '../websites/settings.ts'
import { websiteId } from '../websites/websites.ts'
import { findValueProblems, type ValueSource, valueSchema } from './value.ts'

const matcher = z.unknown().transform((given, context): Matcher => {
  const checked = checkMatcher(given, eventFields)
  if ('matcher' in checked) return checked.matcher
  context.addIssue(checked.fault.message.replace(/^Matcher: (it )?/, ''))
  return z.NEVER
})

const value = z.unknown().transform((given, context): ValueSource => {
  const parsed = valueSchema.safeParse(given)
  if (parsed.success) return parsed.data
  for (const { key, message, found } of findValueProblems(given))
    context.addIssue({ code: 'custom', path: key ? [key] : [], message, input: found })
  return z.NEVER
})

const name = z
  .string('must be a text')
  .trim()
  .min(1, 'must not be empty')
  .max(limits.name, `must have at most ${limits.name} characters`)
  .refine((text) => text.isWellFormed() && !text.includes('\0'), 'must not contain U+0000 or lone surrogates')

const positionMessage = 'must be a whole number, 1 for the first rule'
const counting = z.enum(countings, `must be one of ${countings.join(', ')}`)

/** Null is the website's own setting, and for `value` the event's own revenue. */
const settings = {
  value: value.nullable(),
  counting,
  lookback_days: lookbackDays.nullable(),
  default_model: modelText.nullable(),
  models: modelTexts.nullable(),
}

const position = z.int(positionMessage).min(1, positionMessage).max(1_000_000, positionMessage)

/** Whose rule, by its id or its name. */
const existing = { website: websiteId, rule: z.string('must be the id or the name of a rule').min(1) }

export const ruleCreation = z.strictObject({
  website: websiteId,
  name,
  matcher,
  ...settings,
  value: settings.value.default(null),
  counting: counting.default('every'),
  lookback_days: settings.lookback_days.default(null),
  default_model: settings.default_model.default(null),
  models: settings.models.default(null),
  position: position.optional(),
})

export const ruleChange = z.strictObject({
  ...existing,
  ...z.object({ name, matcher: z.unknown(), ...settings, position }).partial().shape,
  // An absent matcher stays absent: a transform would read it as undefined.
  matcher: matcher.optional(),
  status: z.enum(['active', 'paused'], 'must be active or paused').optional(),
})

export const ruleReference = z.strictObject(existing)

/** A stored rule, or one that is given. */
export const ruleTest = z.strictObject({
  website: websiteId,
  rule: existing.rule.optional(),
  name: name.optional(),
  matcher: matcher.optional(),
  value: settings.value.optional(),
})

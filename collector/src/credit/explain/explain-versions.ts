/** Says how the credit of a conversion changed from version to version. Pure. */
import type { StoredCredit } from './explain-touches.ts'
import type { CreditMove, ExplainedVersion } from './explanation.ts'

export type VersionedCredit = StoredCredit & { version: number }

/** Why a version was written, and when, in epoch ms. */
export interface VersionRow {
  version: number
  reason: string
  at: number
}

/** The oldest version first. The credit that a later version took from a touch which is gone cannot be shown. */
export function explainVersions(
  rows: readonly VersionRow[],
  credits: readonly VersionedCredit[],
): ExplainedVersion[] {
  return rows.map(({ version, reason, at }, index) => {
    const before = rows[index - 1]?.version
    return {
      version,
      reason,
      at: new Date(at).toISOString(),
      moved: before === undefined ? [] : moves(creditsOf(credits, before), creditsOf(credits, version)),
    }
  })
}

type ByTouch = Map<string, VersionedCredit>

const creditsOf = (credits: readonly VersionedCredit[], version: number): ByTouch =>
  new Map(
    credits
      .filter((credit) => credit.version === version)
      .map((credit) => [`${credit.model} ${credit.touch_id}`, credit]),
  )

function moves(before: ByTouch, after: ByTouch): CreditMove[] {
  const names = [...new Set([...after.keys(), ...before.keys()])]
  return names.flatMap((name): CreditMove[] => {
    const [old, now] = [before.get(name), after.get(name)]
    if (old?.weight === now?.weight && old?.value_cents === now?.value_cents) return []
    const { model, touch_id } = (now ?? old) as VersionedCredit // one of them has the name
    return [
      {
        model,
        touch_id,
        weight_before: old?.weight ?? null,
        weight_after: now?.weight ?? null,
        cents_before: old?.value_cents ?? null,
        cents_after: now?.value_cents ?? null,
      },
    ]
  })
}

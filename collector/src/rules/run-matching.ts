/** Runs a statement over events with a matcher as one more of its conditions. */
import { eventFields, type Matcher } from '@headwater/attribution/matcher/matcher'
import { matcherSql } from '@headwater/attribution/matcher/matcher-sql'
import type { Param, Queries } from '@headwater/db/db'
import type { Statement } from '@headwater/db/statement'

/** Where the condition of the matcher stands in the file of such a statement. */
const marker = 'true -- the matcher'

/** The parameters of the matcher follow those of the statement. */
export function runMatching<Row, Name extends string>(
  queries: Queries,
  { sql, names }: Statement<Name>,
  params: Record<Name, Param>,
  matcher: Matcher,
): Promise<Row[]> {
  const condition = matcherSql(matcher, eventFields, names.length + 1)
  const values = [...names.map((name) => params[name]), ...condition.params]
  return queries.query<Row>(
    sql.replace(marker, () => condition.sql),
    values,
  )
}

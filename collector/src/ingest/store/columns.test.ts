/** Parameters are positional: each table of columns must name those of its statement, in their order. */
import { expect, it } from 'vitest'
import { conversionColumns, creditColumns } from '../../credit/insert-conversions.ts'
import insertConversions from '../../credit/sql/insert_conversions.sql?raw'
import insertCredits from '../../credit/sql/insert_credits.sql?raw'
import { createSecrets } from '../../secrets.ts'
import { rejectionColumns } from '../judge/rejection.ts'
import { eventColumns } from './event-rows.ts'
import { sessionColumns } from './session-rows.ts'
import insertEvents from './sql/insert_events.sql?raw'
import insertTokenUsages from './sql/insert_token_usages.sql?raw'
import upsertClientStreams from './sql/upsert_client_streams.sql?raw'
import upsertRejectedEvents from './sql/upsert_rejected_events.sql?raw'
import upsertSessions from './sql/upsert_sessions.sql?raw'
import upsertTouches from './sql/upsert_touches.sql?raw'
import { streamColumns } from './stream-rows.ts'
import { touchColumns } from './touch-rows.ts'
import { usageColumns } from './usage.ts'

it.each([
  ['events', insertEvents, eventColumns, []],
  ['sessions_tracking', upsertSessions, sessionColumns, []],
  ['touches', upsertTouches, touchColumns, []],
  ['conversions', insertConversions, conversionColumns, []],
  ['conversion_credits', insertCredits, creditColumns, []],
  ['rejected_events', upsertRejectedEvents, rejectionColumns(createSecrets('pepper')), ['expires_at']],
  ['client_streams', upsertClientStreams, streamColumns, []],
  ['token_usages', insertTokenUsages, usageColumns, ['success']],
])('the columns of %s are those of its statement', (_, sql, columns, computed) => {
  const [, list = ''] = /insert into \w+(?: as \w+)? \(([^)]*)\)/.exec(sql) ?? []
  const named = list.split(',').map((column) => column.trim())
  expect(Object.keys(columns)).toEqual(named.filter((column) => !(computed as string[]).includes(column)))
})

/** Shows which stored touches the rules of a website would move to another channel, without changing anything. */
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import type { NamedChannelRules } from '@headwater/server/website-settings'
import { loadTouchSources } from './apply-channels.ts'
import { loadChannelSettings } from './channel-settings.ts'
import { type PlacedTouch, placeStoredTouch, type TouchSourceRow } from './moved-touch.ts'
import selectCreditedTouches from './sql/select_credited_touches.sql?raw'

/** Touches that would move from one channel to another. */
export interface ChannelMove {
  /** Null: stored before channels were. Equal to `to` where only `is_paid` changes. */
  from: string | null
  to: string
  touches: number
  /** Conversions that these touches earn credit for; refunds are no conversions. */
  conversions: number
  /** What they earn, under the model that attributes each conversion, by currency. */
  value: CurrencyAmount[]
}

export interface CurrencyAmount {
  currency: string
  cents: number
}

export interface ChannelPreview {
  /** The name of the rules that would be applied. */
  ruleset: string
  /** Touches that were looked at. */
  touches: number
  /** Those of them that keep channel and `is_paid`, and only get the name of the new rules. */
  renamed: number
  /** The largest first. */
  moves: ChannelMove[]
  /** Conversions with credit of any touch that moves. */
  conversions: number
  /** Pass it to look at what follows, and add up the answers; null: this is all. */
  cursor: string | null
}

const touchesPerPage = 2_000
const conversionsPerPage = 500
/** Pages of one answer: about 2 s of work, within the time limits of callers. */
const pagesPerAnswer = 20

/** Looks at the touches, then at the conversions, from the cursor on. */
export async function previewChannels(
  queries: Queries,
  websiteId: string,
  cursor?: string,
): Promise<ChannelPreview> {
  const { rules } = await loadChannelSettings(queries, websiteId)
  const tally = createTally(rules)
  let position: Position | undefined = readCursor(cursor)
  for (let page = 0; page < pagesPerAnswer && position; page++)
    position = await (position.of === 'touches'
      ? lookAtTouches(queries, websiteId, { after: position.after, tally })
      : lookAtConversions(queries, websiteId, { after: position.after, tally }))
  return { ...tally.result(), cursor: position ? `${position.of}.${position.after}` : null }
}

/** Adds up the answers that a preview came in. */
export function addPreviews(a: ChannelPreview, b: ChannelPreview): ChannelPreview {
  const moves = new Map(a.moves.map((move) => [nameOf(move), structuredClone(move)]))
  for (const move of b.moves) {
    const known = moves.get(nameOf(move))
    if (!known) moves.set(nameOf(move), move)
    else {
      known.touches += move.touches
      known.conversions += move.conversions
      for (const amount of move.value) addAmount(known.value, amount)
    }
  }
  return {
    ruleset: b.ruleset,
    touches: a.touches + b.touches,
    renamed: a.renamed + b.renamed,
    moves: inOrder(moves.values()),
    conversions: a.conversions + b.conversions,
    cursor: b.cursor,
  }
}

interface Position {
  of: 'touches' | 'conversions'
  /** The id of the last one that was looked at. */
  after: string
}

/** The cursor must be one of a preview. */
function readCursor(cursor = 'touches.0'): Position {
  const [of, after = '0'] = cursor.split('.')
  return { of: of === 'conversions' ? of : 'touches', after }
}

interface Look {
  after: string
  tally: Tally
}

async function lookAtTouches(queries: Queries, websiteId: string, { after, tally }: Look): Promise<Position> {
  const rows = await loadTouchSources(queries, { websiteId, after, limit: touchesPerPage })
  for (const row of rows) tally.addTouch(row)
  const last = rows.at(-1)
  return last && rows.length === touchesPerPage
    ? { of: 'touches', after: last.id }
    : { of: 'conversions', after: '0' }
}

async function lookAtConversions(
  queries: Queries,
  websiteId: string,
  { after, tally }: Look,
): Promise<Position | undefined> {
  const params = { website_id: websiteId, after, limit: conversionsPerPage }
  const rows = await run<CreditedTouchRow, keyof typeof params>(queries, creditedTouchSelect, params)
  const byConversion = new Map<string, CreditedTouchRow[]>()
  for (const row of rows)
    byConversion.set(row.conversion_id, [...(byConversion.get(row.conversion_id) ?? []), row])
  for (const touches of byConversion.values()) tally.addConversion(touches)
  const last = rows.at(-1)
  return last && byConversion.size === conversionsPerPage
    ? { of: 'conversions', after: last.conversion_id }
    : undefined
}

interface CreditedTouchRow extends TouchSourceRow {
  conversion_id: string
  is_refund: boolean
  currency: string | null
  /** Null: that model gives it nothing, or the conversion has no value. */
  value_cents: number | null
}

type Tally = ReturnType<typeof createTally>

function createTally(rules: NamedChannelRules) {
  const moves = new Map<string, ChannelMove>()
  let [touches, renamed, conversions] = [0, 0, 0]

  function moveOf({ row, channel: to }: PlacedTouch): ChannelMove {
    const name = nameOf({ from: row.channel, to })
    const move = moves.get(name) ?? { from: row.channel, to, touches: 0, conversions: 0, value: [] }
    moves.set(name, move)
    return move
  }

  return {
    addTouch(row: TouchSourceRow): void {
      const placed = placeStoredTouch(row, rules)
      touches += 1
      if (placed.isMoved) moveOf(placed).touches += 1
      else if (placed.isOutdated) renamed += 1
    },
    /** Takes the credited touches of one conversion. */
    addConversion(rows: CreditedTouchRow[]): void {
      const moving = rows
        .filter(({ id }) => id !== null) // an unattributed conversion has no touch
        .map((row) => ({ row, move: moveIfAny(placeStoredTouch(row, rules)) }))
      const moved = new Set(moving.flatMap(({ move }) => move ?? []))
      if (moved.size > 0 && !rows[0]?.is_refund) {
        conversions += 1
        for (const move of moved) move.conversions += 1
      }
      for (const { row, move } of moving)
        if (move && row.currency !== null && row.value_cents !== null)
          addAmount(move.value, { currency: row.currency, cents: row.value_cents })
    },
    result: () => ({ ruleset: rules.name, touches, renamed, moves: inOrder(moves.values()), conversions }),
  }

  function moveIfAny(placed: PlacedTouch): ChannelMove | undefined {
    return placed.isMoved ? moveOf(placed) : undefined
  }
}

const nameOf = ({ from, to }: Pick<ChannelMove, 'from' | 'to'>) => JSON.stringify([from, to])

const inOrder = (moves: Iterable<ChannelMove>) =>
  [...moves].sort((a, b) => b.touches - a.touches || (nameOf(a) < nameOf(b) ? -1 : 1))

function addAmount(amounts: CurrencyAmount[], { currency, cents }: CurrencyAmount): void {
  const known = amounts.find((amount) => amount.currency === currency)
  if (known) known.cents += cents
  else amounts.push({ currency, cents })
}

const creditedTouchSelect = statement(selectCreditedTouches, 'website_id', 'after', 'limit')

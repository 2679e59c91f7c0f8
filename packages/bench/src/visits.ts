/** The visitors of many websites at once: sessions begin and end all the time, some of them of visitors who were there before. */
import type { NextBatch } from './load.ts'
import { createEvent, createVisitor, sessionMs, type Visitor } from './rows.ts'

export interface Visits {
  websites: VisitedWebsite[]
  /** Sessions that are in progress at a time, on each website. */
  sessionsAtOnce: number
  eventsPerSession: number
  /** Events of one visitor before the next one's turn. */
  inARow: number
  /**
   * Every second session is of the next visitor of these, who are known to each website by `returningVisitor`; when they are
   * used up, all visitors are new.
   */
  returning: Ranks
}

export interface VisitedWebsite {
  id: number
  /** A public one. */
  token: string
}

/** Numbers of visitors within their website: from `from` up to, and without, `until`. */
export interface Ranks {
  from: number
  until: number
}

/** The anonymous id of a visitor whom generated data knows. */
export const returningVisitor = (websiteId: number, rank: number): string => `returning-${websiteId}-${rank}`

/**
 * Few, so that the collector's cache of campaigns and pages is warm soon: a full one is what a collector has after its first
 * hour.
 */
const origins = 20

/** Each batch is of one website, one website after another. */
export function createVisits({ websites, ...plan }: Visits): NextBatch {
  const all = websites.map(({ id, token }) => ({ token, nextEvent: visit(id, plan) }))
  let made = 0
  return (size) => {
    const { token, nextEvent } = all[made % all.length] as (typeof all)[number] // the remainder is an index
    made += 1
    return { token, events: Array.from({ length: size }, nextEvent) }
  }
}

/** A visitor's session, and how many events of it are to come. */
interface Session {
  visitor: Visitor
  left: number
}

function visit(websiteId: number, plan: Omit<Visits, 'websites'>) {
  const { sessionsAtOnce, eventsPerSession, inARow, returning } = plan
  const ranks = { ...returning }
  let [opened, made] = [0, 0]

  function open(events: number): Session {
    opened += 1
    const isReturning = opened % 2 === 0 && ranks.from < ranks.until
    const id = isReturning ? returningVisitor(websiteId, ranks.from++) : undefined
    return { visitor: createVisitor(opened % origins, Date.now() - sessionMs, id), left: events }
  }

  // The first ones are cut short, each at another length: later on, about as many sessions begin in every batch.
  const firstLength = (i: number) => Math.ceil(((i + 1) * eventsPerSession) / sessionsAtOnce)
  const sessions = Array.from({ length: sessionsAtOnce }, (_, i) => open(firstLength(i)))
  return () => {
    const turn = Math.floor(made / inARow) % sessionsAtOnce
    const session = sessions[turn] as Session // the remainder is an index
    made += 1
    session.left -= 1
    if (session.left === 0) sessions[turn] = open(eventsPerSession)
    return createEvent(session.visitor, made + websiteId)
  }
}

/** Warns of models that wait for events which a website does not have, perhaps because a name is misspelled. */
import { parseModel } from '@headwater/attribution/models/parse-model'
import type { Queries } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import selectSeenEvents from './sql/select_seen_events.sql?raw'

/** Names are not indexed; this many events take 0.1 s. */
const eventsLookedAt = 100_000

/** One warning for each event that a model takes as a milestone and that no recent event is. The models are texts, as stored. */
export async function warnOfMilestones(
  queries: Queries,
  websiteId: string,
  models: readonly string[],
): Promise<string[]> {
  const milestones = models.flatMap((model) => milestonesOf(model).map((event) => ({ model, event })))
  if (milestones.length === 0) return []
  const names = JSON.stringify(milestones.map(({ event }) => event))
  const params = { website_id: websiteId, names, limit: eventsLookedAt }
  const seen = await run<{ name: string }, keyof typeof params>(queries, seenEvents, params)
  const known = new Set(seen.map(({ name }) => name))
  return milestones
    .filter(({ event }) => !known.has(event))
    .map(
      ({ model, event }) =>
        `The model ${model} waits for the event ${JSON.stringify(event)}, which is not among the latest ${eventsLookedAt.toLocaleString('en')} events of this website. Until one arrives, its share goes to other touches. Check the name.`,
    )
}

function milestonesOf(text: string): string[] {
  const parsed = parseModel(text)
  const parameters = 'model' in parsed ? (parsed.model.parameters ?? {}) : {}
  return Object.entries(parameters).flatMap(([name, value]) =>
    name.endsWith('_event') && typeof value === 'string' ? [value] : [],
  )
}

const seenEvents = statement(selectSeenEvents, 'website_id', 'names', 'limit')

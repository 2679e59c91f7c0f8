/** What `headwater channels` and the API do. */
import { type ChannelRule, channels } from '@headwater/attribution/channels'
import type { Db } from '@headwater/db/db'
import type { JobProgress } from '@headwater/jobs/background-jobs'
import { z } from 'zod'
import { progressOf } from '../jobs.ts'
import { readInput } from '../operation-error.ts'
import { websiteId } from '../websites/websites.ts'
import { startApplying } from './apply-channels.ts'
import { loadChannelSettings } from './channel-settings.ts'
import { type ChannelPreview, previewChannels } from './preview-channels.ts'

const websiteInput = z.object({ website: websiteId })
const previewInput = websiteInput.extend({
  cursor: z
    .string()
    .regex(/^(touches|conversions)\.\d{1,18}$/, 'must be the cursor of the answer before')
    .optional(),
})

export interface ChannelList {
  /** The name that touches keep beside their channel. */
  ruleset: string
  /** The website's own rules, which come first. */
  rules: readonly ChannelRule[]
  /** The channels of the ruleset, in its order. */
  channels: readonly string[]
}

/** The channel rules of a website, in the order in which they decide. */
export async function listChannels(db: Db, input: unknown): Promise<ChannelList> {
  const { rules } = await loadChannelSettings(db, readInput(websiteInput, input).website)
  return { ruleset: rules.name, rules: rules.custom ?? [], channels }
}

/** Which stored touches the rules would move, a part at a time: see `cursor`. */
export async function showChannelMoves(db: Db, input: unknown): Promise<ChannelPreview> {
  const { website, cursor } = readInput(previewInput, input)
  return previewChannels(db, website, cursor)
}

/** Starts to move stored touches; `startedBy` is kept with the job. */
export async function applyChannels(db: Db, input: unknown, startedBy: string): Promise<JobProgress> {
  const { website } = readInput(websiteInput, input)
  return progressOf(db, website, await startApplying(db, website, startedBy))
}

/** Creates and lists websites, and changes their settings. */
import { modelKey } from '@headwater/attribution/models/model-key'
import type { Db } from '@headwater/db/db'
import { run, statement } from '@headwater/db/statement'
import { z } from 'zod'
import { addCreditAgain } from '../credit/recompute/credit-again.ts'
import { OperationError, readInput } from '../operation-error.ts'
import { defaultSettings, readSettings, type StoredSettings, settingsSchema } from './settings.ts'
import insertWebsite from './sql/insert_website.sql?raw'
import selectWebsites from './sql/select_websites.sql?raw'
import updateWebsiteSettings from './sql/update_website_settings.sql?raw'
import { makeWebsiteKey } from './token-text.ts'
import { warnOfMilestones } from './warn-of-milestones.ts'

export interface Website {
  id: string
  key: string
  name: string
  url: string
  status: string
  /** Null: all defaults. */
  settings: StoredSettings | null
}

export const websiteId = z
  .string()
  .regex(/^\d+$/, 'must be the id of a website: see `headwater website list`')

const websiteInput = z.object({
  name: z.string().min(1, 'must not be empty'),
  url: z.url({ protocol: /^https?$/, error: 'must be an http(s) address, for example https://shop.example' }),
})

const settingsInput = settingsSchema.extend({ website: websiteId })

export async function createWebsite(db: Db, input: unknown): Promise<Website> {
  const { name, url } = readInput(websiteInput, input)
  const params = { key: makeWebsiteKey(), name, url }
  const [website] = await run<Website, keyof typeof params>(db, websiteInsert, params)
  return website as Website // an insert returns its row
}

export const listWebsites = (db: Db): Promise<Website[]> => run<Website>(db, websitesSelect, {})

/** All settings of a website. */
export interface ChangedSettings extends Website {
  /** Those in force: the default model is always among the models. */
  settings: Required<StoredSettings>
  /** Settings that may not do what was meant. */
  warnings: string[]
}

/**
 * Changes the given settings and returns all of them. They apply to requests within 5 seconds. Those that decide credit apply to
 * all conversions: a job that is added in the same transaction credits the stored ones again.
 */
export async function changeSettings(db: Db, input: unknown): Promise<ChangedSettings> {
  const { website: id, ...changes } = readInput(settingsInput, input)
  return db.transaction(async (tx) => {
    const params = { id, changes: JSON.stringify(changes) }
    const [website] = await run<ChangedWebsite, keyof typeof params>(tx, settingsUpdate, params)
    if (!website) throw unknownWebsite(id)
    const { former_settings: former, ...now } = website
    if (creditSettings(former) !== creditSettings(now.settings))
      await addCreditAgain(tx, { websiteId: id, reason: 'model_changed' })
    const settings = { ...defaultSettings, ...now.settings }
    const models = [...new Set([...settings.models, settings.default_model])]
    return {
      ...now,
      settings: { ...settings, models },
      warnings: await warnOfMilestones(tx, id, models),
    }
  })
}

interface ChangedWebsite extends Website {
  former_settings: StoredSettings | null
}

/** What decides the credit of a conversion, as a text to compare. */
function creditSettings(stored: StoredSettings | null): string {
  const { lookbackDays, defaultModel, models } = readSettings(stored)
  return JSON.stringify([lookbackDays, modelKey(defaultModel), models.map(modelKey).sort()])
}

export const unknownWebsite = (id: string): OperationError =>
  new OperationError(`There is no website ${id}. See \`headwater website list\`.`)

const websiteInsert = statement(insertWebsite, 'key', 'name', 'url')
const websitesSelect = statement<never>(selectWebsites)
const settingsUpdate = statement(updateWebsiteSettings, 'id', 'changes')

/** Says for people how far a long job is, and what it came to. */
import type { JobProgress } from '@headwater/jobs/background-jobs'
import type { ChangeCounts } from '../rules/change-conversions.ts'
import { createTimeText, zoneText } from './time-text.ts'

interface KindWords {
  title: string
  /** What the job goes through. */
  rows: string
  /** What it came to. */
  result?(progress: JobProgress): string
}

const kinds: Record<string, KindWords> = {
  apply_rule: {
    title: 'applies conversion rules',
    rows: 'events',
    result: ({ result }) =>
      `${changesText(result, 'made')} Credit follows within seconds while a collector runs.`,
  },
  preview_rule: {
    title: 'previews conversion rules',
    rows: 'events',
    result: ({ result }) => `${changesText(result, 'would be made')} Nothing is changed.`,
  },
  apply_channels: { title: 'applies channel rules', rows: 'touches' },
  credit_again: { title: 'credits conversions again', rows: 'conversions' },
  erase: { title: 'erases a person', rows: 'steps' },
}

/** One line or two. */
export function jobText(progress: JobProgress): string {
  const { id, kind, status, done, total, error } = progress
  const { title, rows, result } = kinds[kind] ?? { title: kind, rows: 'rows' }
  const looked = `${count(done)}${total === null || status === 'done' ? '' : ` of about ${count(total)}`} ${rows}`
  const name = `Job ${id} (${title})`
  if (status === 'failed') return `${name} failed after ${looked}: ${error} Start it again.`
  if (status === 'done')
    return [`${name} is done: looked at ${looked}.`, result?.(progress) ?? []].flat().join('\n')
  const trouble = error === null ? '' : ` The last step failed and is repeated: ${error}`
  return `${name} has looked at ${looked} so far.${trouble}`
}

/** The latest first. */
export function jobListText(jobs: readonly JobProgress[]): string {
  if (jobs.length === 0) return 'This website has no jobs.'
  const time = createTimeText('UTC')
  return [...jobs.map((job) => `${time(job.created_at)}  ${jobText(job)}`), '', zoneText('UTC')].join('\n')
}

function changesText(result: object | null, made: string): string {
  if (result === null) return 'An earlier version did not keep what changed.'
  const counts = result as ChangeCounts // as jobs of these kinds end
  const again =
    counts.credited_again > 0
      ? ` ${count(counts.credited_again)} more are credited again, because their rule changed.`
      : ''
  return `Conversions: ${count(counts.made)} ${made}, ${count(counts.changed)} changed, ${count(counts.removed)} removed.${again}`
}

const count = (n: number) => n.toLocaleString('en')

import type { JobProgress } from '@headwater/jobs/background-jobs'
import { expect, it } from 'vitest'
import { jobListText, jobText } from './job-text.ts'

const job: JobProgress = {
  id: '7',
  kind: 'apply_rule',
  status: 'waiting',
  done: 1_000,
  total: 5_000,
  error: null,
  result: null,
  created_at: new Date('2026-11-20T12:00:00Z'),
  updated_at: new Date('2026-11-20T12:00:00Z'),
}
const result = { made: 1_200, changed: 3, removed: 0, credited_again: 0 }

it.each<[Partial<JobProgress>, string]>([
  [{}, 'Job 7 (applies conversion rules) has looked at 1,000 of about 5,000 events so far.'],
  [{ total: null }, 'Job 7 (applies conversion rules) has looked at 1,000 events so far.'],
  [{ error: 'No.' }, 'events so far. The last step failed and is repeated: No.'],
  [{ status: 'failed', error: 'No.' }, 'failed after 1,000 of about 5,000 events: No. Start it again.'],
  [
    { status: 'done', result },
    'is done: looked at 1,000 events.\nConversions: 1,200 made, 3 changed, 0 removed. Credit follows',
  ],
  [
    { status: 'done', result: { ...result, credited_again: 4 } },
    '0 removed. 4 more are credited again, because their rule changed. Credit',
  ],
  [
    { status: 'done', kind: 'preview_rule', result },
    'Conversions: 1,200 would be made, 3 changed, 0 removed. Nothing is changed.',
  ],
  [
    { status: 'done', kind: 'apply_channels' },
    'Job 7 (applies channel rules) is done: looked at 1,000 touches.',
  ],
  [{ kind: 'of_a_later_version' }, 'Job 7 (of_a_later_version) has looked at 1,000'],
])('a job that is %j says so', (fields, text) => {
  expect(jobText({ ...job, ...fields })).toContain(text)
})

it('jobs are listed with the time at which they were added', () => {
  expect(jobListText([job])).toBe(`2026-11-20 12:00:00  ${jobText(job)}\n\nTimes are in UTC.`)
  expect(jobListText([])).toBe('This website has no jobs.')
})

/** `headwater job list|show`. */
import { defineCommand } from 'citty'
import { act, json, print, website } from './command.ts'
import { jobListText, jobText } from './job-text.ts'
import { runOperation } from './run-operation.ts'

export const jobCommand = defineCommand({
  meta: { name: 'job', description: 'Long jobs: applying rules, crediting conversions again' },
  subCommands: {
    list: defineCommand({
      meta: { name: 'list', description: 'Show the latest jobs of a website, the newest first' },
      args: { website, json },
      run: ({ args }) =>
        act(async () => {
          const jobs = await runOperation('job.list', { website: args.website })
          print(args.json, jobs, jobListText(jobs))
        }),
    }),
    show: defineCommand({
      meta: { name: 'show', description: 'Show how far a job is, and what it came to' },
      args: { job: { type: 'positional', description: 'Its id' }, website, json },
      run: ({ args }) =>
        act(
          async () => {
            const job = await runOperation('job.show', { website: args.website, job: args.job })
            print(args.json, job, jobText(job))
          },
          { job: 'The job' },
        ),
    }),
  },
})

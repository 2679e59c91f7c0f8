/** `headwater channels list|apply`. */
import { defineCommand } from 'citty'
import { addPreviews, type ChannelPreview } from '../channels/preview-channels.ts'
import { channelListText, channelPreviewText } from './channels-text.ts'
import { act, json, print, website } from './command.ts'
import { followJob } from './follow-job.ts'
import { jobText } from './job-text.ts'
import { runOperation } from './run-operation.ts'

export const channelsCommand = defineCommand({
  meta: { name: 'channels', description: 'The channels of touches' },
  subCommands: {
    list: defineCommand({
      meta: {
        name: 'list',
        description: 'Show the channel rules of a website, in the order in which they decide',
      },
      args: { website, json },
      run: ({ args }) =>
        act(async () => {
          const list = await runOperation('channels.list', { website: args.website })
          print(args.json, list, channelListText(list))
        }),
    }),
    apply: defineCommand({
      meta: {
        name: 'apply',
        description: 'Put stored touches into the channels that the rules of their website say now',
      },
      args: {
        website,
        'dry-run': { type: 'boolean', description: 'Only show what would move' },
        json,
      },
      run: ({ args }) =>
        act(async () => {
          if (args['dry-run']) {
            const preview = await previewAll(args.website)
            print(args.json, preview, channelPreviewText(preview))
            return
          }
          const started = await runOperation('channels.apply', { website: args.website })
          const job = await followJob(args.website, started)
          print(args.json, job, jobText(job))
        }),
    }),
  },
})

/** A large website takes several answers. */
async function previewAll(website: string): Promise<ChannelPreview> {
  let preview = await runOperation('channels.preview', { website })
  while (preview.cursor !== null)
    preview = addPreviews(
      preview,
      await runOperation('channels.preview', { website, cursor: preview.cursor }),
    )
  return preview
}

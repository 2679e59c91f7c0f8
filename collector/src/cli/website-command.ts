/** `headwater website create|list|settings`. */
import { defineCommand } from 'citty'
import { act, json, print, warn, website } from './command.ts'
import { runOperation } from './run-operation.ts'
import { readSettingOptions, settingOptions } from './setting-options.ts'

export const websiteCommand = defineCommand({
  meta: { name: 'website', description: 'The websites that send events' },
  subCommands: {
    create: defineCommand({
      meta: { name: 'create', description: 'Add a website' },
      args: {
        name: { type: 'string', required: true, description: 'Display name' },
        url: { type: 'string', required: true, description: 'Its address, for example https://shop.example' },
        json,
      },
      run: ({ args }) =>
        act(async () => {
          const created = await runOperation('website.create', { name: args.name, url: args.url })
          print(
            args.json,
            created,
            `Website ${created.id} “${created.name}” is ready. Next: npx headwater token create --website ${created.id} --name browser`,
          )
        }),
    }),
    list: defineCommand({
      meta: { name: 'list', description: 'Show all websites' },
      args: { json },
      run: ({ args }) =>
        act(async () => {
          const websites = await runOperation('website.list', {})
          const lines = websites.map(({ id, name, url, status }) => `${id}  ${name}  ${url}  ${status}`)
          print(
            args.json,
            websites,
            lines.join('\n') || 'No websites yet. Add one with `headwater website create`.',
          )
        }),
    }),
    settings: defineCommand({
      meta: {
        name: 'settings',
        description: 'Change the given settings of a website, then show all of them',
      },
      args: { website, ...settingOptions, json },
      run: ({ args }) =>
        act(async () => {
          const input = { website: args.website, ...readSettingOptions(args) }
          const { settings, warnings } = await runOperation('website.settings', input)
          const lines = Object.entries(settings).map(([name, value]) => `${name}  ${JSON.stringify(value)}`)
          print(args.json, settings, lines.join('\n'))
          warn(warnings)
        }),
    }),
  },
})

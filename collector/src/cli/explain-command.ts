/** `headwater explain`. */
import { defineCommand } from 'citty'
import { act, json, print, website } from './command.ts'
import { explanationText } from './explanation-text.ts'
import { runOperation } from './run-operation.ts'

export const explainCommand = defineCommand({
  meta: {
    name: 'explain',
    description: 'Show which touches a conversion was credited to, why others were not, and how that changed',
  },
  args: {
    conversion: { type: 'positional', description: 'Its order number or its id' },
    website,
    by: { type: 'string', description: 'What you passed, if it may be both: id or order' },
    name: { type: 'string', description: 'Its name, if several have the order number: purchase' },
    json,
  },
  run: ({ args }) =>
    act(
      async () => {
        const { website: id, conversion, by, name } = args
        const explanation = await runOperation('explain', { website: id, conversion, by, name })
        print(args.json, explanation, explanationText(explanation))
      },
      { conversion: 'The conversion' },
    ),
})

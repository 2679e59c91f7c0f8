/** Opens the spool of a website in the folder that the options name. */

import { hostOf } from '../../core/options.ts'
import type { Parts } from '../../core/parts.ts'
import type { Ids } from '../../core/ports.ts'
import { shown } from '../messages.ts'
import { configError, type Settings, websiteKeyOf } from '../options.ts'
import type { Store } from '../store.ts'
import { nodeModules } from './node-modules.ts'
import { createSpool } from './spool.ts'

type OpenParts = Pick<Parts, 'clock' | 'lose' | 'complain'> & { ids: Ids; settings: Settings }

/** Throws a ConfigError where there is no file system, or where the folder cannot be used. */
export function openSpool(spool: string, parts: OpenParts, memory: Store): Store {
  const rule = 'a folder that this process may write to'
  const modules = nodeModules()
  if (!modules) {
    throw configError(
      'spool',
      rule,
      `and this runtime has no file system of Node. Leave it out, and call \`flush\`.`,
    )
  }
  const { endpoint, token, maxQueueBytes } = parts.settings
  // Two websites never mix. A host may have a port, and file names no colon.
  const website = `${hostOf(endpoint)?.replace(/[^\w.-]/g, '_')}/${websiteKeyOf(token)}`
  try {
    return createSpool({ ...parts, modules, folder: `${spool}/${website}`, maxBytes: maxQueueBytes, memory })
  } catch (cause) {
    const error = configError(
      'spool',
      rule,
      `got ${shown(spool)}: ${shown(cause)}. Create it, or pass another one.`,
    )
    error.cause = cause
    throw error
  }
}

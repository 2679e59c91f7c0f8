/** Outbound links, downloads and submitted forms, as events of their own. */
import { storedUrl, withoutSecrets } from '@headwater/attribution/url'
import type { Client } from '../core/api.ts'
import { type AnyClient, anyEvent } from './any-client.ts'
import { isOn, type Names, namesIn, type Switch } from './attributes.ts'
import { clickedLink } from './clicked-link.ts'
import { listen } from './guarded.ts'
import { isListed } from './hosts.ts'
import { onSubmit } from './submits.ts'

export interface InteractionOptions {
  /** Links to other hosts: default true. */
  outbound?: Switch
  /** Links to files: default true. */
  downloads?: Switch
  /** Submitted forms: default true. */
  forms?: Switch
  /**
   * What makes a link a download, instead of the default list (Google Analytics 4 has the same): `['pdf', 'dmg']` or
   * `'pdf,dmg'`.
   */
  downloadExtensions?: Names
  /**
   * Hosts that are yours too, so that links to them are not outbound: `['shop.example', '.example.com']`; a dot first
   * includes subdomains.
   */
  domains?: Names
  /** The client's option of that name, or its JSON: query keys that are removed from these addresses too. */
  sensitiveKeys?: Names
}

type Tracker = Pick<Client, 'track'>

/** The same as in Google Analytics 4, so that figures can be compared. */
const usualExtensions = namesIn(
  `pdf xls xlsx doc docx txt rtf csv exe key pps ppt pptx 7z pkg rar gz zip avi mov mp4 mpg mpeg wmv mid midi mp3 wav wma`,
)

/**
 * Tracks clicks on links that leave the site, downloads and submitted forms, and returns an undo function. Addresses are
 * sent without secrets, e-mail addresses and fragments; what was typed into a form is never read. Never throws into the page.
 *
 * - `outbound_click { url, host }`: a link to another host, by mouse, middle button or keyboard
 * - `file_download { url, extension, file_name }`: a link whose path ends in a listed extension, on any host; it is
 *   not counted as an outbound click too
 * - `form_submit { form_id, form_name, action }`: a submitted form; attributes that it lacks are left out
 *
 * A click or a submit is tracked even if the page prevents its default, because that is how pages open links and send
 * forms by script. Not tracked: `form.submit()`, `window.open()` and links opened from the context menu.
 *
 *     import { interactions } from '@headwater/sdk/interactions'
 *     interactions(hw, { forms: false, downloadExtensions: ['pdf', 'dmg'] })
 */
export function interactions(client: AnyClient<'track'>, options: InteractionOptions = {}): () => void {
  const ending = new AbortController()
  const { signal } = ending
  const tracker = anyEvent(client)
  const trackClick = createClickTracker(tracker, options)
  listen('click', signal, trackClick)
  listen('auxclick', signal, trackClick)
  if (isOn(options.forms)) {
    onSubmit(signal, ({ form, url }) =>
      tracker.track('form_submit', {
        form_id: form.getAttribute('id') || undefined,
        form_name: form.getAttribute('name') || undefined,
        action: url && clean(url, options),
      }),
    )
  }
  return () => ending.abort()
}

export default interactions

function createClickTracker(client: Tracker, options: InteractionOptions): (event: MouseEvent) => void {
  const domains = namesIn(options.domains)
  const listed = options.downloadExtensions ? namesIn(options.downloadExtensions) : usualExtensions
  const extensions = isOn(options.downloads) ? listed.map((name) => name.replace(/^\./, '')) : []

  return (event) => {
    const url = clickedLink(event)?.url
    if (!url) return
    const [, fileName = '', extension = ''] = /([^/]*\.(\w+))$/.exec(url.pathname) ?? []
    if (extensions.includes(extension.toLowerCase())) {
      const file = { extension: extension.toLowerCase(), file_name: fileName }
      client.track('file_download', { url: clean(url, options), ...file })
    } else if (isOn(options.outbound) && url.host !== location.host && !isListed(url.hostname, domains)) {
      client.track('outbound_click', { url: clean(url, options), host: url.host })
    }
  }
}

function clean({ href }: URL, { sensitiveKeys }: InteractionOptions): string {
  const keys = namesIn(sensitiveKeys)
  return storedUrl(withoutSecrets(href, keys))
}

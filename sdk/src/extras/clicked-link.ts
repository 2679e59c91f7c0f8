/** Finds the link that a click follows: in a shadow tree, on an image map or in a drawing too. */

export interface ClickedLink {
  element: Element
  /** The attribute that holds the address: drawings may have an older one. */
  attribute: 'href' | 'xlink:href'
  url: URL
}

/**
 * Undefined when the click follows no link, or one that is not http(s). With `auxclick`, only the middle button follows
 * links; the keyboard causes ordinary clicks.
 */
export function clickedLink(event: MouseEvent): ClickedLink | undefined {
  if (event.type === 'auxclick' && event.button !== 1) return undefined
  for (const node of event.composedPath()) {
    const element = node as Element // or a document or the window, which have no local name
    if (element.localName !== 'a' && element.localName !== 'area') continue
    const attribute = element.hasAttribute('href') ? 'href' : 'xlink:href'
    const url = webAddress(element.getAttribute(attribute), element.baseURI)
    if (url) return { element, attribute, url }
  }
  return undefined
}

/** The http(s) address that `text` names on a page at `base`; undefined when it names none. */
export function webAddress(text: string | null, base: string): URL | undefined {
  if (text === null) return undefined
  try {
    const url = new URL(text, base)
    return url.protocol.startsWith('http') ? url : undefined
  } catch {
    return undefined // pages hold anything: href="https://" leads nowhere
  }
}

/** The cookie `hw_id`, which shares the visitor's id record (core/visitor/id-record.ts) with all subdomains of a site. */

export interface IdCookie {
  read(): string | undefined
  /** Deletes the cookie when called without a text. */
  write(text?: string): void
  /** The domain it is set on; empty for this host only. */
  domain(): string
}

const name = 'hw_id'
/** 400 days, the longest that browsers keep a cookie. */
const maxAgeSeconds = 34_560_000

/** When cookies are forbidden it reads and writes nothing. */
export function createIdCookie(): IdCookie {
  let found: string | undefined
  const domain = () => {
    found ??= widestDomain()
    return found
  }
  return {
    read: () => /(?:^|; )hw_id=([^;]+)/.exec(cookieText())?.[1],
    write: (text = '') => setCookie(`${name}=${text}`, domain(), text && maxAgeSeconds),
    domain,
  }
}

// Browsers refuse a cookie on a public suffix such as co.uk, so the first domain that accepts one is the site's.
function widestDomain(): string {
  const test = 'hw_test=1'
  const labels = location.hostname.split('.')
  for (let count = 2; count <= labels.length; count++) {
    const domain = labels.slice(-count).join('.')
    setCookie(test, domain, 10)
    const isTaken = cookieText().includes(test)
    setCookie(test, domain, 0)
    if (!isTaken) continue
    setCookie(`${name}=`, '', 0) // the stub's cookie, already read; it is on this host only
    return domain
  }
  return ''
}

/** A form or an image of this name hides the document's own text: `<img name="title">`. */
export function textOfDocument(name: 'cookie' | 'title' | 'referrer'): string {
  const text: unknown = document[name]
  return typeof text === 'string' ? text : Reflect.get(Document.prototype, name, document)
}

/** All cookies that scripts may read, `name=value; name=value`. */
export function cookieText(): string {
  try {
    return textOfDocument('cookie')
  } catch {
    return '' // a sandboxed frame may not read any
  }
}

function setCookie(pair: string, domain: string, maxAgeSeconds: number | ''): void {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  const on = domain && `; Domain=${domain}`
  try {
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is asynchronous, and a leaving page cannot wait.
    document.cookie = `${pair}; Path=/; Max-Age=${maxAgeSeconds || 0}; SameSite=Lax${on}${secure}`
  } catch {
    // a sandboxed frame may not set any
  }
}

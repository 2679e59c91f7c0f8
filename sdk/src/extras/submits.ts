/** Hears of forms that are submitted, also in shadow trees, which the event of a submit does not leave. */
import { webAddress } from './clicked-link.ts'
import { guarded, listen } from './guarded.ts'

export interface Submit {
  form: HTMLFormElement
  method: 'get' | 'post'
  /** Where it goes; undefined when that is not on the web. */
  url?: URL
  /** Where its address stands: in `action` of the form, or in `formaction` of the button. */
  addressed: { element: Element; attribute: 'action' | 'formaction' }
}

/**
 * Calls `listener` for each submit, before the page hears of it; those that only close a dialog are left out, and so is
 * `form.submit()`, of which browsers do not tell.
 */
export function onSubmit(signal: AbortSignal, listener: (submit: Submit) => void): void {
  const heard = new WeakSet<Event>() // a form in a slot is heard of in its shadow tree and outside

  const hear = guarded((event: Event) => {
    if (heard.has(event) || !(event.target instanceof HTMLFormElement)) return
    heard.add(event)
    const submit = readSubmit(event.target, (event as SubmitEvent).submitter)
    if (submit) listener(submit)
  })

  addEventListener('submit', hear, { capture: true, signal })
  // Nobody submits a form without clicking or typing in it first. A listener that is there already is not added again.
  const enter = (event: Event) => {
    for (const node of event.composedPath()) {
      if (node instanceof ShadowRoot) node.addEventListener('submit', hear, { capture: true, signal })
    }
  }
  listen('focusin', signal, enter)
  listen('click', signal, enter)
}

// By attributes: a field named `action` hides the form's own property of that name.
function readSubmit(form: HTMLFormElement, submitter: HTMLElement | null = null): Submit | undefined {
  const method = (submitter?.getAttribute('formmethod') ?? form.getAttribute('method'))?.toLowerCase()
  if (method === 'dialog') return undefined
  const byButton = submitter?.hasAttribute('formaction')
  const addressed = byButton
    ? { element: submitter as Element, attribute: 'formaction' as const } // it has the attribute
    : { element: form, attribute: 'action' as const }
  const address = addressed.element.getAttribute(addressed.attribute) ?? ''
  return {
    form,
    method: method === 'post' ? 'post' : 'get',
    url: webAddress(address || location.href, form.baseURI), // without an address a form goes to its own page
    addressed,
  }
}

/** Notices submitted forms, also in shadow trees, which the submit event does not leave. */
import { webAddress } from './clicked-link.ts'
import { guarded, listen } from './guarded.ts'

export interface Submit {
  form: HTMLFormElement
  method: 'get' | 'post'
  /** Where it goes; undefined when that is not http(s). */
  url?: URL
  /** What holds its address: `action` of the form, or `formaction` of the button. */
  addressed: { element: Element; attribute: 'action' | 'formaction' }
}

/**
 * Calls `listener` for each submit, before the page handles it, except those that only close a dialog, and
 * `form.submit()`, for which browsers fire no event.
 */
export function onSubmit(signal: AbortSignal, listener: (submit: Submit) => void): void {
  const handled = new WeakSet<Event>() // the submit of a slotted form reaches us in its shadow tree and outside

  const onEvent = guarded((event: Event) => {
    if (handled.has(event) || !(event.target instanceof HTMLFormElement)) return
    handled.add(event)
    const submit = readSubmit(event.target, (event as SubmitEvent).submitter)
    if (submit) listener(submit)
  })

  addEventListener('submit', onEvent, { capture: true, signal })
  // A form gets a click or the focus before it is submitted. Adding the same listener again has no effect.
  const enter = (event: Event) => {
    for (const node of event.composedPath()) {
      if (node instanceof ShadowRoot) node.addEventListener('submit', onEvent, { capture: true, signal })
    }
  }
  listen('focusin', signal, enter)
  listen('click', signal, enter)
}

// Reads attributes, because a field named `action` hides the form's own property of that name.
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

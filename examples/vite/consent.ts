/** Remembers what the visitor has answered: the SDK does not store it, so each page says it again. */
import { hw } from './hw.ts'

const key = 'consent'

export function hasAnswered(): boolean {
  const answer = localStorage.getItem(key)
  if (answer !== 'granted' && answer !== 'denied') return false
  hw.consent(answer)
  return true
}

export function answerConsent(answer: 'granted' | 'denied'): void {
  localStorage.setItem(key, answer)
  hw.consent(answer)
}

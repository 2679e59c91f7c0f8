/** Sends a batch to a collector that may be ending, and returns what is known afterwards. */
import type { Receipt, WireEvent } from '@headwater/contract'

export interface Answer {
  /** 0: no answer, because the connection was refused or broken. */
  status: number
  /** Of a 200. */
  receipt?: Receipt
}

/** Posts events with a public token; never rejects for lack of an answer. */
export async function postBatch(
  { url, token }: { url: string; token: string },
  events: WireEvent[],
): Promise<Answer> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({ v: 1, sent_at: new Date().toISOString(), events })
  try {
    const answer = await fetch(`${url}/v1/batch`, { method: 'POST', headers, body })
    const text = await answer.text() // a cut here is no answer either
    return {
      status: answer.status,
      receipt: answer.status === 200 ? (JSON.parse(text) as Receipt) : undefined,
    }
  } catch {
    return { status: 0 } // fetch rejects for network reasons only
  }
}

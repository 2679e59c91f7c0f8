/** Posts one body over kept-alive connections, and reads the whole answer. */
import { type Agent, type IncomingMessage, request } from 'node:http'

export interface Posted {
  status: number
  text: string
  /** Seconds; undefined: the answer has none. */
  retryAfter: string | undefined
}

export interface Outgoing {
  url: string
  headers: Record<string, string>
  bytes: Buffer
}

/** Resolves with any answer; rejects when none arrives. */
export function post(agent: Agent, { url, headers, bytes }: Outgoing): Promise<Posted> {
  return new Promise((resolve, reject) => {
    const options = { method: 'POST', agent, headers: { ...headers, 'content-length': bytes.length } }
    const outgoing = request(url, options, (answer) => {
      const { statusCode: status = 0, headers: received } = answer
      const toPosted = (text: string): Posted => ({ status, text, retryAfter: received['retry-after'] })
      readText(answer).then((text) => resolve(toPosted(text)), reject)
    })
    outgoing.once('error', reject)
    outgoing.end(bytes)
  })
}

function readText(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    answer.setEncoding('utf8')
    answer.on('data', (piece: string) => {
      text += piece
    })
    answer.once('end', () => resolve(text))
    answer.once('error', reject)
  })
}

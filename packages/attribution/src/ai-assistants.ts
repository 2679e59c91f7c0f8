/** Recognises AI assistants by the source of a link; only the collector needs it. */
import { referrerCategory } from './referrer.ts'

/** Sources as assistants and their users write them, without spaces and signs: most of their apps send no referrer. */
const names = new Set(
  (
    'chatgpt openai perplexity perplexityai pplx claude claudeai anthropic gemini googlegemini bard copilot microsoftcopilot ' +
    'bingchat grok xai deepseek mistral mistralai lechat metaai poe phind qwen kimi doubao yuanbao ernie chatglm notebooklm manus iask'
  ).split(' '),
)

/** Is this source an AI assistant, by the name of its product or by a host of the referrer table? */
export function isAiAssistant(source: string | null | undefined): boolean {
  if (!source) return false
  const name = source.toLowerCase().replace(/[^a-z\d]/g, '')
  return names.has(name) || (source.includes('.') && referrerCategory(source.trim()) === 'ai')
}

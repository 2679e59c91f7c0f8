/** States which sources are AI assistants. */
import { describe, expect, test } from 'vitest'
import { isAiAssistant } from './ai-assistants.ts'

describe('an AI assistant', () => {
  test.each([
    'chatgpt.com',
    'ChatGPT',
    'chat.openai.com',
    'openai',
    'perplexity',
    'perplexity.ai',
    'www.perplexity.ai',
    'Perplexity AI',
    'copilot.com',
    'copilot.microsoft.com',
    'Microsoft Copilot',
    'gemini',
    'gemini.google.com',
    'claude.ai',
    'grok',
    'deepseek',
    'meta-ai',
    'le chat',
  ])('is the source %j', (source) => {
    expect(isAiAssistant(source)).toBe(true)
  })

  test.each([
    'google',
    'bing.com',
    'newsletter',
    'mychatgpt.example',
    'chatgpt.com.evil.example',
    'ai',
    '',
    null,
  ])('is not the source %j', (source) => {
    expect(isAiAssistant(source)).toBe(false)
  })
})

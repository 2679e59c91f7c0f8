/** What becomes of work when that on which it depends ends. */
import { expect, it } from 'vitest'
import { createLife } from './life.ts'

it('work settles as it would without', async () => {
  const life = createLife()
  expect(await life.during(Promise.resolve('done'))).toBe('done')
  await expect(life.during(Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(life.goesOn()).toBe(true)
  expect(life.check).not.toThrow()
})

it('work that is under way at the end rejects with the first reason, and so does what begins later', async () => {
  const life = createLife()
  const work = life.during(new Promise(() => {}))
  life.end(new Error('first'))
  life.end(new Error('second'))
  await expect(work).rejects.toThrow('first')
  await expect(life.during(Promise.resolve())).rejects.toThrow('first')
  expect(life.goesOn()).toBe(false)
  expect(life.check).toThrow('first')
})

it('what work does after the end is nobody’s business: neither its result nor its failure', async () => {
  const life = createLife()
  let fail: (error: Error) => void = () => {}
  const work = life.during(
    new Promise((_, reject) => {
      fail = reject
    }),
  )
  life.end(new Error('ended'))
  fail(new Error('late'))
  await expect(work).rejects.toThrow('ended')
})

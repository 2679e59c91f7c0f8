/** What happens to work when the thing it depends on ends. */
import { expect, it } from 'vitest'
import { createLife } from './life.ts'

it('work settles as usual', async () => {
  const life = createLife()
  expect(await life.during(Promise.resolve('done'))).toBe('done')
  await expect(life.during(Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  expect(life.goesOn()).toBe(true)
  expect(life.check).not.toThrow()
})

it('work that is running at the end rejects with the first reason, and so does later work', async () => {
  const life = createLife()
  const work = life.during(new Promise(() => {}))
  life.end(new Error('first'))
  life.end(new Error('second'))
  await expect(work).rejects.toThrow('first')
  await expect(life.during(Promise.resolve())).rejects.toThrow('first')
  expect(life.goesOn()).toBe(false)
  expect(life.check).toThrow('first')
})

it('neither the result nor a failure of work after the end has an effect', async () => {
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

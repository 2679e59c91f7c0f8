/** States what the spool keeps on a real disk, and who takes over what an ended process has left. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs, { appendFileSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import { temporaryFolder } from '@headwater/testkit/databases'
import { eventNamed, exerciseStore, namesOf, storeBytes } from '@headwater/testkit/exercise-store'
import { createFakeClock, createFakeIds, type FakeClock } from '@headwater/testkit/fake-ports'
import { describe, expect, test } from 'vitest'
import type { DropReason } from '../../core/codes.ts'
import { createMemoryStore } from '../memory-store.ts'
import type { Store } from '../store.ts'
import type { NodeModules } from './node-modules.ts'
import { createSpool } from './spool.ts'

interface OpenSpool extends Store {
  clock: FakeClock
  lost: [reason: DropReason, count: number][]
  complaints: string[]
}

let opened = 100

interface SpoolOptions {
  modules?: NodeModules
  clock?: FakeClock
}

function open(
  folder: string,
  { modules = { fs, os }, clock = createFakeClock() }: SpoolOptions = {},
): OpenSpool {
  const lost: OpenSpool['lost'] = []
  const complaints: string[] = []
  const store = createSpool({
    modules,
    folder,
    maxBytes: storeBytes,
    memory: createMemoryStore({ maxQueueEvents: 1_000, maxQueueBytes: storeBytes }),
    clock,
    ids: createFakeIds(++opened),
    lose: (reason, details) => lost.push([reason, details?.count ?? 1]),
    complain: (_, found) => complaints.push(`${found}`),
  })
  return { ...store, clock, lost, complaints }
}

/** Files below a folder, each as the name of its folder's owner and its own. */
const segmentsIn = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.jsonl'))
const homesIn = (folder: string) => readdirSync(folder).filter((name) => !name.startsWith('.'))

/** The folder of a process that has ended, with these lines in one segment. */
function leave(folder: string, owner: object | string, lines: string): string {
  const name = `dead-${++opened}`
  fs.mkdirSync(`${folder}/${name}`, { recursive: true })
  writeFileSync(`${folder}/${name}/owner`, typeof owner === 'string' ? owner : JSON.stringify(owner))
  writeFileSync(`${folder}/${name}/0000-${name}.jsonl`, lines)
  return `${folder}/${name}`
}

/** As the spool names this machine. */
const ownerOf = (folder: string) =>
  JSON.parse(readFileSync(`${folder}/${homesIn(folder)[0]}/owner`, 'utf8')) as {
    pid: number
    machine: string
    started: string
  }

async function endedPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'])
  await once(child, 'exit')
  return child.pid as number // it ran
}

exerciseStore('the spool', async () => open(await temporaryFolder()))

test('an event is in a file when add returns', async () => {
  const folder = await temporaryFolder()
  const store = open(folder)
  store.add(eventNamed('a'))
  const [segment] = segmentsIn(folder)
  expect(readFileSync(`${folder}/${segment}`, 'utf8')).toBe(`${eventNamed('a')}\n`)
  expect(store.unsaved()).toBe(0)
})

test('only its user can read the files', async () => {
  const folder = `${await temporaryFolder()}/spool`
  open(folder).add(eventNamed('a'))
  const [segment] = segmentsIn(folder)
  const paths = [`${folder}/${segment}`, `${folder}/${homesIn(folder)[0]}`]
  const modes = paths.map((path) => statSync(path).mode & 0o077)
  expect(modes).toEqual([0, 0])
})

test('no file is left when everything is acknowledged', async () => {
  const folder = await temporaryFolder()
  const store = open(folder)
  for (let each = 0; each < 50; each++) store.add(eventNamed(`e${each}`))
  expect(segmentsIn(folder).length).toBeGreaterThan(1)
  for (let batch = store.next(7); batch.length > 0; batch = store.next(7)) store.remove(batch)
  expect(segmentsIn(folder)).toEqual([])
})

describe('after a process has ended', () => {
  test('the next one on this machine takes its events over at once', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    const owner = { ...ownerOf(folder), pid: await endedPid() }
    leave(folder, owner, `${eventNamed('a')}\n${eventNamed('b')}\n`)
    store.adopt()
    expect(namesOf(store.next(10))).toEqual(['a', 'b'])
    expect(homesIn(folder)).toHaveLength(1)
    store.remove(store.next(10))
    expect(segmentsIn(folder)).toEqual([])
  })

  test('and its id is that of another process by now, too', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    leave(folder, { ...ownerOf(folder), started: '1' }, `${eventNamed('a')}\n`)
    store.adopt()
    expect(namesOf(store.next(10))).toEqual(['a'])
  })

  test('a line that was cut short is counted, and the whole ones are kept', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    const owner = { ...ownerOf(folder), pid: await endedPid() }
    leave(folder, owner, `${eventNamed('a')}\n\u0000\u0000\n${eventNamed('b')}\n{"name":"to`)
    store.adopt()
    expect(namesOf(store.next(10))).toEqual(['a', 'b'])
    expect(store.lost).toEqual([['invalid_event', 2]])
  })

  test('of two that try to take it over, each file goes to one', async () => {
    const folder = await temporaryFolder()
    const [one, other] = [open(folder), open(folder)]
    leave(folder, { ...ownerOf(folder), pid: await endedPid() }, `${eventNamed('a')}\n`)
    one.adopt()
    other.adopt()
    expect([...one.next(10), ...other.next(10)]).toHaveLength(1)
  })

  test('a takeover that was interrupted is finished by the next one', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    fs.rmSync(`${leave(folder, {}, `${eventNamed('a')}\n`)}/owner`)
    store.adopt()
    expect(namesOf(store.next(10))).toEqual(['a'])
  })

  test('or was shut down, its events go to whoever comes next', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    store.add(eventNamed('a'))
    store.close()
    expect(store.next(10)).toEqual([])
    const next = open(folder)
    next.adopt()
    expect(namesOf(next.next(10))).toEqual(['a'])
  })

  test('an empty folder is removed', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    store.close()
    expect(homesIn(folder)).toEqual([])
  })
})

describe('a process that is there', () => {
  test('keeps its events, also when two clients share a folder', async () => {
    const folder = await temporaryFolder()
    const [one, other] = [open(folder), open(folder)]
    one.add(eventNamed('a'))
    other.add(eventNamed('b'))
    for (const store of [one, other]) {
      await store.clock.advance(600_000) // suspended for long
      store.adopt()
    }
    expect([namesOf(one.next(10)), namesOf(other.next(10))]).toEqual([['a'], ['b']])
  })

  test('on another machine keeps them while it says that it is there', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    const home = leave(folder, { pid: 1, machine: 'another', started: '1' }, `${eventNamed('a')}\n`)
    const silentFor = (ms: number) => utimesSync(`${home}/owner`, new Date(), new Date(Date.now() - ms))
    silentFor(60_000)
    store.adopt()
    expect(store.next(10)).toEqual([])
    silentFor(121_000)
    await store.clock.advance(10_000)
    store.adopt()
    expect(namesOf(store.next(10))).toEqual(['a'])
  })

  test('says so every ten seconds', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    const owner = `${folder}/${homesIn(folder)[0]}/owner`
    utimesSync(owner, new Date(0), new Date(0))
    store.add(eventNamed('a'))
    expect(statSync(owner).mtimeMs).toBe(0)
    await store.clock.advance(10_000)
    store.add(eventNamed('b'))
    expect(statSync(owner).mtimeMs).toBeGreaterThan(0)
  })

  test('but was taken for dead, moves out: nothing is lost, and what was taken over is not sent by it', async () => {
    const folder = await temporaryFolder()
    const suspended = open(folder)
    suspended.add(eventNamed('a'))
    const batch = suspended.next(10)
    suspended.add(eventNamed('b'))
    const [home] = homesIn(folder)
    writeFileSync(`${folder}/${home}/owner`, JSON.stringify({ pid: 1, machine: 'another' }))
    utimesSync(`${folder}/${home}/owner`, new Date(0), new Date(0))
    const next = open(folder)
    next.adopt()
    await suspended.clock.advance(600_000)
    suspended.add(eventNamed('c'))
    suspended.remove(batch)
    expect([namesOf(suspended.next(10)), namesOf(next.next(10))]).toEqual([['c'], ['a', 'b']])
    expect([suspended.unsaved(), suspended.complaints]).toEqual([0, []])
  })

  test('but was taken for dead and still writes to the file, loses nothing', async () => {
    const folder = await temporaryFolder()
    const store = open(folder)
    const owner = { ...ownerOf(folder), pid: await endedPid() }
    leave(folder, owner, `${eventNamed('a')}\n`)
    store.adopt()
    const batch = store.next(10)
    const [segment] = segmentsIn(folder)
    appendFileSync(`${folder}/${segment}`, `${eventNamed('b')}\n`)
    store.remove(batch)
    expect(namesOf(store.next(10))).toEqual(['b'])
    store.remove(store.next(10))
    expect(segmentsIn(folder)).toEqual([])
  })
})

describe('when the disk', () => {
  /** Node's file system, of which one function fails. */
  const failing = (
    name: 'writeSync' | 'openSync' | 'readFileSync',
    isFailing: () => boolean,
  ): NodeModules => {
    const fail = (...args: unknown[]) => {
      if (isFailing() && !/owner|\/proc/.test(`${args[0]}`)) throw new Error('ENOSPC')
      return Reflect.apply(fs[name], fs, args)
    }
    return { os, fs: { ...fs, [name]: fail } as typeof fs }
  }

  test.each(['writeSync', 'openSync'] as const)(
    'refuses (%s), events wait in memory, and the next one tries the disk again',
    async (name) => {
      let isFull = true
      const folder = await temporaryFolder()
      const store = open(folder, { modules: failing(name, () => isFull) })
      store.add(eventNamed('a'))
      expect([store.unsaved(), store.complaints]).toEqual([1, ['Error: ENOSPC']])
      isFull = false
      store.add(eventNamed('b'))
      expect([store.unsaved(), store.size()]).toEqual([1, 2])
      const names: string[] = []
      for (let batch = store.next(10); batch.length > 0; batch = store.next(10)) {
        names.push(...namesOf(batch))
        store.remove(batch)
      }
      expect(names).toEqual(['b', 'a'])
      expect(segmentsIn(folder)).toEqual([])
    },
  )

  test('takes half of a line, the file still ends with a whole one', async () => {
    const folder = await temporaryFolder()
    let room = Infinity
    const writeSync = (fd: number, line: Uint8Array) =>
      fs.writeSync(fd, line.subarray(0, Math.min(room, line.length)))
    const store = open(folder, { modules: { os, fs: { ...fs, writeSync } as typeof fs } })
    store.add(eventNamed('a'))
    room = 10
    store.add(eventNamed('b'))
    const contents = segmentsIn(folder).map((path) => readFileSync(`${folder}/${path}`, 'utf8'))
    expect(contents).toEqual([`${eventNamed('a')}\n`])
    expect(namesOf(store.next(10))).toEqual(['a'])
  })

  test('cannot read a segment, its events are counted as lost, and the others are sent', async () => {
    const folder = await temporaryFolder()
    let isBroken = true
    const store = open(folder, { modules: failing('readFileSync', () => isBroken) })
    store.add(eventNamed('a'))
    expect(store.next(10)).toEqual([])
    expect(store.lost).toEqual([['invalid_event', 1]])
    isBroken = false
    store.add(eventNamed('b'))
    expect(namesOf(store.next(10))).toEqual(['b'])
  })
})

test('a folder that cannot be made is an error at once', async () => {
  const folder = await temporaryFolder()
  writeFileSync(`${folder}/file`, '')
  expect(() => open(`${folder}/file/spool`)).toThrow('ENOTDIR')
})

/** What a browser stores for a site, as its developer tools would show it. */
import type { Context } from '@headwater/testkit/engines/engine'

export interface Device {
  /** By name. */
  cookies: Record<string, string>
  localStorage: Record<string, string>
  sessionStorage: Record<string, string>
  /** The records of each database. */
  databases: Record<string, unknown[]>
}

/** A device without any stored data. */
export const nothing: Device = { cookies: {}, localStorage: {}, sessionStorage: {}, databases: {} }

/** Looks from a page of the site without the SDK; lists all cookies of the site, of any host. */
export async function lookAt(context: Context, barePage: string): Promise<Device> {
  const page = await context.newPage()
  await page.goto(barePage)
  const stored = await page.evaluate(readStorage)
  const cookies = await context.cookies()
  await page.close()
  return { cookies: Object.fromEntries(cookies.map(({ name, value }) => [name, value])), ...stored }
}

/** Runs in the page. */
async function readStorage(): Promise<Omit<Device, 'cookies'>> {
  const answerOf = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  const databases: Record<string, unknown[]> = {}
  for (const { name = '' } of await indexedDB.databases()) {
    const database = await answerOf(indexedDB.open(name))
    const stores = [...database.objectStoreNames]
    const records = stores.map((store) => answerOf(database.transaction(store).objectStore(store).getAll()))
    databases[name] = (await Promise.all(records)).flat()
    database.close()
  }
  return { localStorage: { ...localStorage }, sessionStorage: { ...sessionStorage }, databases }
}

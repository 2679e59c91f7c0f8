/** Places in a list that is read page by page, as cursors: texts that callers pass back and do not read. */
import { InputError } from '../../operation-error.ts'

export const toCursor = (place: unknown): string =>
  Buffer.from(JSON.stringify(place), 'utf8').toString('base64url')

/** Throws an InputError for a text that is no cursor of this list. */
export function fromCursor<Place>(cursor: string, isPlace: (value: unknown) => value is Place): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (isPlace(place)) return place
  } catch {
    // It is not JSON: reported like any other wrong cursor.
  }
  throw new InputError([
    { field: 'cursor', message: 'is not one of this list. Pass what the previous page returned, or none.' },
  ])
}

/** Another transaction has changed what this one is about to write. Doing the work again helps. */
export class ConflictError extends Error {
  override name = 'ConflictError'
}

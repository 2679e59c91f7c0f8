/** The port to the database: the same SQL runs through it on PostgreSQL and on PGlite. */

/** What a statement takes. Richer types are passed as text and cast in SQL, so that both drivers agree: see array-literal.ts. */
export type Param = string | number | boolean | null

/** Runs statements. In results, `bigint` must be cast to text in SQL, `timestamptz` is a Date, `jsonb` is its value. */
export interface Queries {
  query<Row>(sql: string, params?: readonly Param[]): Promise<Row[]>
}

/**
 * Runs statements in the order in which they are sent. Those that do not need each other's answers are sent together
 * (`Promise.all`), and cost one round trip.
 */
export interface Transaction extends Queries {
  /** Commits after what was sent, without waiting for its answers. Nothing may follow. */
  commit(): Promise<void>
}

export interface Session extends Queries {
  /**
   * Runs statements without parameters. Several are one transaction; a single one may be a statement that cannot run in a
   * transaction.
   */
  script(sql: string): Promise<void>
}

export interface Db extends Queries {
  /**
   * Runs the work in one transaction and answers after its commit, which is the work's own or follows it; rolls back when the
   * work throws. Rejects with the first error of a statement. A commit that is cut off by the time limit may still happen.
   */
  transaction<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>
  /** Runs the work on one connection, without time limits: a migration. */
  session<Result>(work: (session: Session) => Promise<Result>): Promise<Result>
  /** Waits for running work, then closes the database. */
  close(): Promise<void>
}

/** The five-letter SQLSTATE of an error from either driver; undefined when the error does not come from the database. */
export function sqlstateOf(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code // drivers put it there; anything else has no such field
  // No class of SQLSTATEs begins with E, and codes of the system do: EPIPE.
  return typeof code === 'string' && /^(?!E)[0-9A-Z]{5}$/.test(code) ? code : undefined
}

/** The name of the constraint that an error from either driver refers to. */
export function constraintOf(error: unknown): string | undefined {
  const fields = error as { constraint_name?: string; constraint?: string } | null // postgres.js and PGlite name it differently
  return fields?.constraint_name ?? fields?.constraint
}

/** Refuses `undefined`, which one driver takes for null and the other for a mistake. */
export function checkParams(params: readonly Param[]): void {
  const index = params.indexOf(undefined as unknown as Param) // the type forbids it, a caller's bug may not
  if (index >= 0) throw new TypeError(`Parameter $${index + 1} is undefined. Pass null for a missing value.`)
}

/** How large a person may grow. Beyond a cap nothing is lost: a link or a merge is left out, and becomes a conflict. */

/**
 * Links of a customer to cookies, e-mails and ids of the website's own. Safari forgets a cookie after a week: someone who signs
 * in weekly in two such browsers collects 500 in five years. Segment keeps five ids of each kind, which such a person exceeds in
 * a month. A test account or a kiosk sees thousands.
 */
export const maxIdentities = 500

/** Merges by the collector that name a customer: half of the identities, since not every cookie was anonymous first. */
export const maxMerges = 250

/** Customers of a person: as many as `maxMerges` brings about, since nearly all merges of a person name its known customer. */
export const maxCustomers = 250

/**
 * Customers that merges connect, blocked ones included: they are loaded, locked and computed together, while other merges of the
 * website wait. Only someone who makes up chains of user ids and e-mails gets here.
 */
export const maxConnected = 1_000

/**
 * Customers who show an e-mail without being merged. An address that more of them show is not a person's, but the website's own
 * or a made-up one; and every event that carries it reads its links.
 */
export const maxDisputes = 10

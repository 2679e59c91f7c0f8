/** Everything that is stored about a person, as one JSON document, in pieces that fit into memory. */
import { type ExportDeps, type ExportSection, exportSections } from './export-sections.ts'
import { findPerson, type Person } from './person.ts'

/** Changes when a field is removed or changes its meaning; new fields do not change it. */
export const exportVersion = 1

/** Where the next piece begins. */
export interface ExportPlace {
  person: Person
  /** Index of the section. */
  section: number
  /** In the section; null: at its beginning. */
  after: string | null
  /** Whether the section has rows already. */
  hasRows: boolean
}

export interface ExportPiece {
  /** Pieces in their order are one JSON document. */
  text: string
  /** Null: this was the last one. */
  next: ExportPlace | null
}

/** The beginning of the document. Throws a NotFoundError when there is no such customer. */
export async function beginExport(
  { queries }: ExportDeps,
  { websiteId, customerId, at }: { websiteId: string; customerId: string; at: number },
): Promise<ExportPiece & { next: ExportPlace }> {
  const person = await findPerson(queries, websiteId, customerId)
  const head = {
    format: 'headwater.person',
    version: exportVersion,
    exported_at: new Date(at).toISOString(),
    website_id: websiteId,
    customer_id: person.id,
  }
  const text = JSON.stringify(head).slice(0, -1) // stays open for the sections
  return { text, next: { person, section: 0, after: null, hasRows: false } }
}

/** The next piece: at most one page of one section. The customers are those the export began with. */
export async function continueExport(deps: ExportDeps, place: ExportPlace): Promise<ExportPiece> {
  const { person, section: index, after } = place
  const section = exportSections[index] as ExportSection // a place names one of them
  const page = await section.read(deps, person, after)
  const rows = page.rows.map((row) => JSON.stringify(row)).join(',\n')
  const opening = after === null ? `,\n"${section.name}":[` : ''
  const comma = place.hasRows && rows ? ',\n' : ''
  const text = `${opening}${comma}${rows}`
  if (page.after !== null)
    return { text, next: { ...place, after: page.after, hasRows: place.hasRows || rows !== '' } }
  const isLast = index + 1 === exportSections.length
  return {
    text: `${text}]${isLast ? '}\n' : ''}`,
    next: isLast ? null : { person, section: index + 1, after: null, hasRows: false },
  }
}

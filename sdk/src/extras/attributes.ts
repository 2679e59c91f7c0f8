/** Reads options that may come as text, from the attributes of a script tag. */

/** A switch: a boolean, or its text. An attribute without a value is on. */
export type Switch = boolean | string

/** Names: as an array, as its JSON, or as text with commas or blanks between them. */
export type Names = string | readonly string[]

export function isOn(option: Switch | undefined): boolean {
  return String(option) !== 'false'
}

/** In lower case; empty without an option. */
export function namesIn(option: Names = []): string[] {
  const names = typeof option === 'string' ? option.split(/[\s,[\]"']+/) : option
  return names.map((name) => name.trim().toLowerCase()).filter(Boolean)
}

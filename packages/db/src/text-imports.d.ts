/** Files imported with `?raw` are inlined as text: SQL statements and the pages of development mode. */
declare module '*?raw' {
  const text: string
  export default text
}

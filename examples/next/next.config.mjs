/** Next.js would look for a workspace in the folders above. */
export default { turbopack: { root: import.meta.dirname }, outputFileTracingRoot: import.meta.dirname }

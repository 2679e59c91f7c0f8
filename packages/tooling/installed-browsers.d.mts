export const chromiumNames: string[]
export function chromiumPath(): string | undefined
export function firefoxPath(): string | undefined
export function webKitPaths(): { driver: string; browser: string; display: string } | undefined

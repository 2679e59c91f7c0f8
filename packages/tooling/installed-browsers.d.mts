export function firefoxPath(): string | undefined
export function webKitPaths(): { driver: string; browser: string; display: string } | undefined

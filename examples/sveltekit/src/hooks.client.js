/** Runs once when the application starts in the browser. */
import { start } from '$lib/headwater.js'

start()

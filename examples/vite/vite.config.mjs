/** Points main.ts at the collector that `npm start` runs. */
import { fillIn } from '../dev.mjs'

export default {
  plugins: [
    { name: 'fill-in', transform: (code, id) => (id.endsWith('/main.ts') ? fillIn(code) : undefined) },
  ],
}

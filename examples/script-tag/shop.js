// Until sdk.js is here, calls wait in q; it replays them in order.
window.headwater ??= { q: [] }
for (const verb of ['track', 'conversion', 'page', 'identify', 'reset', 'consent', 'on'])
  window.headwater[verb] ??= (...args) => window.headwater.q.push([verb, ...args])

document.querySelector('#sign-in').onclick = () =>
  headwater.identify('user_42', { email: 'anna@example.com' })
document.querySelector('#buy').onclick = () =>
  headwater.conversion('purchase', { id: '1001', revenueCents: 4999, currency: 'EUR' })

/** Stands in for the package react-native, whose native side Hermes alone does not have. */
let change = () => {}

export const AppState = {
  currentState: 'active',
  addEventListener(_, listener) {
    change = listener
    return { remove() {} }
  },
}

export const Linking = {
  getInitialURL: async () => 'https://app.shop.example/mug?utm_source=newsletter&gclid=Abc',
  addEventListener: () => ({ remove() {} }),
}

/** The visitor switches to another app. */
export function leave() {
  for (const state of ['inactive', 'background']) change(state)
}

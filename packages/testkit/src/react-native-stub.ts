/** Stands in for the package react-native in tests: an app that is open and was not opened by a link. */

export const AppState = {
  currentState: 'active',
  addEventListener: () => ({ remove() {} }),
}

export const Linking = {
  getInitialURL: async () => null,
  addEventListener: () => ({ remove() {} }),
}

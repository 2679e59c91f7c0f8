/** What the SDK uses of the package react-native, which is not installed here. */
declare module 'react-native' {
  const AppState: import('./app-switches.ts').AppStateLike
  const Linking: import('./links.ts').LinkingLike
}

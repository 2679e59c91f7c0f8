/** The SDK and React Navigation are ES modules, which Jest runs only when Babel has changed them. */
module.exports = {
  testTimeout: 120_000, // the first run compiles React Native
  preset: '@react-native/jest-preset',
  transformIgnorePatterns: [
    'node_modules/(?!((jest-)?react-native|@react-native(-community)?|@react-navigation|@headwater)/)',
  ],
  moduleNameMapper: {
    '^@react-native-async-storage/async-storage$':
      '@react-native-async-storage/async-storage/jest/async-storage-mock',
    '^@react-native-community/netinfo$': '@react-native-community/netinfo/jest/netinfo-mock',
  },
}

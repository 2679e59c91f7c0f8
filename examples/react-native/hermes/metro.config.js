/** Bundles the SDK as an app's bundle has it, without React Native's own start-up. */
const { join } = require('node:path')
const { getDefaultConfig, mergeConfig } = require('@react-native/metro-config')

const projectRoot = join(__dirname, '..')

module.exports = mergeConfig(getDefaultConfig(projectRoot), {
  resolver: {
    resolveRequest: (context, name, platform) =>
      name === 'react-native'
        ? { type: 'sourceFile', filePath: join(__dirname, 'react-native.js') }
        : context.resolveRequest(context, name, platform),
  },
  serializer: { getModulesRunBeforeMainModule: () => [], getPolyfills: () => [] },
})

/** What React Native starts. */
import { AppRegistry } from 'react-native'
import { App } from './App'

AppRegistry.registerComponent('HeadwaterShop', () => App)

/** The public API of a client in an app. */
import type { Client, EventMap } from '../core/api.ts'
import type { NavigationRef, Route, Screen } from './navigation.ts'

/** The client of every platform, with what only apps have. */
export interface AppClient<Events extends object = EventMap> extends Client<Events> {
  /**
   * Records that the visitor sees a screen. With React Navigation, `trackNavigation` does it.
   *
   *     hw.screen('Product', { sku: 'A1' })
   */
  screen(name: string, props?: Record<string, unknown>): void

  /**
   * Records a screen for the present route and each later one, and returns a function that ends this. `describe` names
   * screens in another way, adds properties, or leaves a screen out by returning nothing; by default a screen has the name
   * of its route and no properties.
   *
   *     const navigation = useNavigationContainerRef()
   *     useEffect(() => hw.trackNavigation(navigation), [navigation])
   */
  trackNavigation(navigation: NavigationRef, describe?: (route: Route) => Screen | undefined): () => void

  /**
   * Records a link that has opened the app, as a page view `link_opened` of its address: its campaign or click id makes a
   * touch, and starts a session as on the web. Links that React Native's `Linking` reports are recorded automatically; call
   * this for those that come in another way, such as in a notification. A link that comes twice within 5 s counts once.
   *
   *     hw.openLink('https://shop.example/p/1?utm_source=newsletter')
   */
  openLink(url: string): void

  /**
   * Records the Play Store's install referrer as a touch `app_install`, once per installation. Without a campaign or click
   * id, as with `(not set)`, it does nothing; so do later calls, so it may be called at each start.
   *
   *     hw.installReferrer(await Application.getInstallReferrerAsync())
   */
  installReferrer(referrer: string): void
}

/** A stack of screens without native modules. An app of yours would use @react-navigation/native-stack here. */
import {
  createNavigatorFactory,
  type DefaultNavigatorOptions,
  type ParamListBase,
  StackRouter,
  useNavigationBuilder,
} from '@react-navigation/native'

// biome-ignore lint/complexity/noBannedTypes: it has no options and no events.
type None = {}
type Props = DefaultNavigatorOptions<ParamListBase, string | undefined, never, None, None, unknown>

function Stack(props: Props) {
  const { state, descriptors, NavigationContent } = useNavigationBuilder(StackRouter, props as never)
  const { key } = state.routes[state.index] ?? {}
  return <NavigationContent>{key && descriptors[key]?.render()}</NavigationContent>
}

export const createStack = createNavigatorFactory(Stack)

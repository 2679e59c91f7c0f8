/** A shop with two screens. */
import { NavigationContainer, useNavigation, useNavigationContainerRef } from '@react-navigation/native'
import { useEffect, useState } from 'react'
import { Pressable, Text, View } from 'react-native'
import { hw } from './hw'
import { createStack } from './stack'

const { Navigator, Screen } = createStack()

export function App() {
  const navigation = useNavigationContainerRef()
  useEffect(() => hw.trackNavigation(navigation), [navigation])
  return (
    <NavigationContainer ref={navigation}>
      <Navigator>
        <Screen name="Product" component={Product} />
        <Screen name="Cart" component={Cart} />
      </Navigator>
    </NavigationContainer>
  )
}

function Product() {
  const { navigate } = useNavigation<{ navigate(name: string): void }>()
  return (
    <View>
      <Text>Fell mug, 18 €</Text>
      <Button title="Add to cart" onPress={() => hw.track('add_to_cart', { sku: 'fell-mug' })} />
      <Button title="Cart" onPress={() => navigate('Cart')} />
    </View>
  )
}

function Cart() {
  const [isPaid, setPaid] = useState(false)
  function buy() {
    hw.conversion('purchase', { id: '1001', revenueCents: 1_800, currency: 'EUR', props: { items: 1 } })
    setPaid(true)
  }
  return <View>{isPaid ? <Text>Thank you</Text> : <Button title="Buy" onPress={buy} />}</View>
}

function Button({ title, onPress }: { title: string; onPress: () => void }) {
  return (
    <Pressable accessibilityRole="button" onPress={onPress}>
      <Text>{title}</Text>
    </Pressable>
  )
}

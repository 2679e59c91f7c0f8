import { createApp } from 'vue'
import { createRouter, createWebHistory, RouterView } from 'vue-router'
import { headwater } from './headwater.js'
import Shop from './shop.vue'
import Thanks from './thanks.vue'

const routes = [
  { path: '/', component: Shop },
  { path: '/thanks', component: Thanks },
]
createApp(RouterView)
  .use(headwater, {
    token: import.meta.env.VITE_HEADWATER_TOKEN,
    endpoint: import.meta.env.VITE_HEADWATER_URL,
  })
  .use(createRouter({ history: createWebHistory(), routes }))
  .mount('#app')

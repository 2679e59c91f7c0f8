/** A plugin: one client for the application, which components get by `useHeadwater()`. */
import { createClient } from '@headwater/sdk'
import { inject } from 'vue'

const key = Symbol('headwater')

export const headwater = {
  install(app, options) {
    if (import.meta.env.SSR) return // on a server there is nothing to record
    app.provide(key, createClient(options))
  },
}

export const useHeadwater = () => inject(key)

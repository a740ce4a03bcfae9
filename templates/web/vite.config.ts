import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // In Latchkey's own repository the package is there as source; elsewhere nothing has this name.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    // A style or a picture inside the script would not be let in by the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

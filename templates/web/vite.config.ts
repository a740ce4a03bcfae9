import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // In Latchkey's own repository the package is there as source; elsewhere nothing has this name.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    // The content security policy would not let in a style or a picture inside the script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

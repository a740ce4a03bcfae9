import { defaultClientConditions, defineConfig } from 'vite'

export default defineConfig({
  // In Latchkey's own repository the package is there as source; elsewhere nothing has this name.
  resolve: { conditions: ['source', ...defaultClientConditions] },
  build: {
    // The content security policy blocks styles and images that are inlined into the script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
})

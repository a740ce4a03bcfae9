import './styles/index.css'
import { AuthProvider } from 'latchkey/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { client } from './api.ts'
import { App } from './app.tsx'
import { ErrorBoundary } from './parts/error-boundary.tsx'

const root = document.getElementById('root')
if (!root) throw new Error('The page has no element #root')
createRoot(root).render(
  <StrictMode>
    <ErrorBoundary>
      <AuthProvider client={client}>
        <BrowserRouter>
          <App />
        </BrowserRouter>
      </AuthProvider>
    </ErrorBoundary>
  </StrictMode>,
)

import { useSession } from 'latchkey/react'
import { type ReactNode, Suspense } from 'react'
import { Navigate, Route, Routes, useLocation } from 'react-router'
import { name } from './name.ts'
import { WelcomePage } from './pages/welcome.tsx'
import { Failed } from './parts/failed.tsx'
import { Header } from './parts/header.tsx'
import { later } from './parts/later.tsx'
import { Page } from './parts/page.tsx'
import { Toasts } from './parts/toasts.tsx'
import { explain } from './parts/words.ts'
import { useSessionEnd } from './session-end.ts'

// The code of each page is loaded when somebody opens it, except the page that visitors see first.
const HomePage = later(() => import('./pages/home.tsx'))
const LogInPage = later(() => import('./pages/log-in.tsx'))
const SignUpPage = later(() => import('./pages/sign-up.tsx'))
const ForgotPasswordPage = later(() => import('./pages/forgot-password.tsx'))
const ResetPasswordPage = later(() => import('./pages/reset-password.tsx'))
const VerifyEmailPage = later(() => import('./pages/verify-email.tsx'))
const AccountPage = later(() => import('./pages/account.tsx'))
const DevicesPage = later(() => import('./pages/devices.tsx'))
const ApiKeysPage = later(() => import('./pages/api-keys.tsx'))
const ActivityPage = later(() => import('./pages/activity.tsx'))
const NotFoundPage = later(() => import('./pages/not-found.tsx'))

/** Which page is at which path, and who may see it. */
export function App() {
  // Notes that there is a session, on every page: some of them do not ask how it ended.
  useSessionEnd()
  return (
    <Toasts>
      <Header />
      <Suspense fallback={<Waiting />}>
        <Routes>
          <Route path="/" element={<Home />} />
          <Route path="/log-in" element={guest(<LogInPage />)} />
          <Route path="/sign-up" element={guest(<SignUpPage />)} />
          <Route path="/forgot-password" element={<ForgotPasswordPage />} />
          <Route path="/reset-password" element={<ResetPasswordPage />} />
          <Route path="/verify-email" element={<VerifyEmailPage />} />
          <Route path="/account" element={user(<AccountPage />)} />
          <Route path="/account/devices" element={user(<DevicesPage />)} />
          <Route path="/account/api-keys" element={user(<ApiKeysPage />)} />
          <Route path="/account/activity" element={user(<ActivityPage />)} />
          <Route path="*" element={<NotFoundPage />} />
        </Routes>
      </Suspense>
    </Toasts>
  )
}

function Home() {
  const session = useSession()
  const end = useSessionEnd()
  if (session.status === 'loading') return <Waiting />
  if (session.status === 'failed')
    return <Unreachable error={session.error} retry={session.retry} />
  if (session.status === 'signed_in') return <HomePage />
  return end === 'lost' ? <Navigate to="/log-in" replace /> : <WelcomePage />
}

const user = (page: ReactNode) => <ForUsers>{page}</ForUsers>
const guest = (page: ReactNode) => <ForGuests>{page}</ForGuests>

// After logging in, users get to the page that they asked for; after logging out, to the welcome page.
function ForUsers({ children }: { children: ReactNode }) {
  const session = useSession()
  const end = useSessionEnd()
  const { pathname, search, hash } = useLocation()
  if (session.status === 'loading') return <Waiting />
  if (session.status === 'failed')
    return <Unreachable error={session.error} retry={session.retry} />
  if (session.status === 'signed_in') return children
  if (end === 'logged_out' || end === 'deleted') return <Navigate to="/" replace />
  return <Navigate to="/log-in" state={{ from: pathname + search + hash }} replace />
}

function ForGuests({ children }: { children: ReactNode }) {
  const session = useSession()
  const { state } = useLocation()
  if (session.status === 'loading') return <Waiting />
  // Perhaps after a log-in that succeeded: another one would not help.
  if (session.status === 'failed')
    return <Unreachable error={session.error} retry={session.retry} />
  return session.status === 'signed_in' ? <Navigate to={placeIn(state)} replace /> : children
}

// The state may have been written by another version of these pages.
function placeIn(state: unknown): string {
  const from: unknown = Object(state).from
  return typeof from === 'string' && /^\/(?!\/)/.test(from) ? from : '/'
}

function Waiting() {
  return (
    <main id="main" tabIndex={-1}>
      <h1 className="hidden">{name}</h1>
      <p className="waiting" role="status">
        Loading …
      </p>
    </main>
  )
}

function Unreachable({ error, retry }: { error: unknown; retry: () => void }) {
  return (
    <Page title={name}>
      <Failed what={explain(error)} retry={retry} />
    </Page>
  )
}

// What of Next.js is asked for: the package is not installed here.
declare module 'next/server' {
  export function connection(): Promise<void>
}

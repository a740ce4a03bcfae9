// The part of Next.js that is used here: the package is not installed.
declare module 'next/server' {
  export function connection(): Promise<void>
}

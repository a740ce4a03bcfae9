import type { Fetch } from './options.ts'

/** More than the longest list of revocations has. */
const maximumBytes = 1_048_576

const maximumMilliseconds = 2_000

/**
 * Fetches what the API publishes, with a limit on time and size, and without following redirects.
 *
 * @throws if it cannot be read, for any reason
 */
export async function fetchJson(url: string, fetch: Fetch): Promise<unknown> {
  const signal = AbortSignal.timeout(maximumMilliseconds)
  const headers = { accept: 'application/json' }
  const response = await fetch(url, { headers, redirect: 'manual', signal })
  if (response.status === 200) return JSON.parse(await readText(response, url))
  await response.body?.cancel()
  throw new Error(`${url} answered ${response.status}`)
}

async function readText(response: Response, url: string): Promise<string> {
  const reader = response.body?.getReader()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let text = ''
  let bytes = 0
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
    if (done) return text + decoder.decode()
    bytes += value.byteLength
    if (bytes > maximumBytes) {
      await reader?.cancel()
      throw new Error(`${url} answered with more than ${maximumBytes} bytes`)
    }
    text += decoder.decode(value, { stream: true })
  }
}

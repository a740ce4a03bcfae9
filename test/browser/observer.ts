// Whatever a browser complains of, or does behind the back of whoever looks at the page.
import type { BrowserContext, ConsoleMessage, Page } from 'playwright-core'

/** How far things moved on a page by themselves, and in all: what follows a click counts there alone. */
export interface Shift {
  readonly path: string
  readonly unasked: number
  readonly all: number
}

export class Observer {
  readonly #origins: readonly string[]
  readonly #faults = new Set<string>()
  readonly #shifts = new Map<string, Shift>()

  /** @param origins whom pages may speak to */
  constructor(origins: readonly string[]) {
    this.#origins = origins
  }

  async watch(profile: BrowserContext): Promise<void> {
    profile.on('console', (message) => this.#hear(message))
    profile.on('weberror', (error) => this.#faults.add(`thrown ${error.error().message}`))
    profile.on('request', (request) => {
      const url = request.url()
      if (!this.#origins.includes(new URL(url).origin)) this.#faults.add(`foreign ${url}`)
    })
    profile.on('requestfailed', (request) => {
      const { errorText = '' } = request.failure() ?? {}
      // Whoever leaves a page wants no more answers to it.
      if (errorText !== 'net::ERR_ABORTED')
        this.#faults.add(`${errorText} ${this.#pathOf(request.url())}`)
    })
    await profile.exposeBinding('noteShift', (_source, shift: NotedShift) => this.#note(shift))
    await profile.addInitScript(watchDocument)
  }

  /** What was complained of: `401 /v1/session`, or a line of the console. */
  async faults(pages: readonly Page[]): Promise<string[]> {
    await settle(pages)
    return [...this.#faults].sort()
  }

  async shifts(pages: readonly Page[]): Promise<Shift[]> {
    await settle(pages)
    return [...this.#shifts.values()]
  }

  #hear(message: ConsoleMessage): void {
    const text = message.text()
    const [, reason] = /^Failed to load resource: .*?(\b[45]\d\d\b|net::\w+)/.exec(text) ?? []
    if (reason) this.#faults.add(`${reason} ${this.#pathOf(message.location().url)}`)
    else if (['error', 'warning'].includes(message.type()))
      this.#faults.add(`${message.type()} ${text}`)
  }

  #pathOf(url: string): string {
    const origin = this.#origins.find((each) => url.startsWith(`${each}/`))
    const id = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/
    return origin ? url.slice(origin.length).replace(/[?].*/, '').replace(id, ':id') : url
  }

  #note({ document, path, value, hadRecentInput }: NotedShift): void {
    const { unasked = 0, all = 0 } = this.#shifts.get(document) ?? {}
    this.#shifts.set(document, {
      path,
      unasked: unasked + (hadRecentInput ? 0 : value),
      all: all + value,
    })
  }
}

interface NotedShift {
  /** One load of a page, however many it shows. */
  readonly document: string
  readonly path: string
  readonly value: number
  readonly hadRecentInput: boolean
}

// Runs in the page, before anything of the page does.
function watchDocument(): void {
  const { noteShift } = Object(globalThis)
  document.addEventListener('securitypolicyviolation', (event) =>
    console.error(`stopped by ${event.effectiveDirective}: ${event.blockedURI}`),
  )
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { value, hadRecentInput } = Object(entry)
      noteShift({
        ...{ document: `${performance.timeOrigin}`, path: location.pathname },
        ...{ value, hadRecentInput },
      })
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

// What was drawn last is reported a frame later, where somebody looks.
async function settle(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await page.bringToFront()
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 20))),
    )
  }
}

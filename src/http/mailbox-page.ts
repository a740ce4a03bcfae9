import { Html, html } from '../core/html.ts'
import { mailboxStyle } from './mailbox-style.ts'
import type { PresentedMail } from './mails.ts'

/** How a mail is shown: as HTML or text, and in the reader's own colour scheme, a light or a dark one. */
interface Look {
  readonly view: 'html' | 'text'
  readonly screen: 'own' | 'light' | 'dark'
}

interface Shown extends Look {
  /** The mail that was asked for; `gone` if none has this id. */
  readonly open: PresentedMail | 'gone' | null
  readonly refresh: 'on' | 'off'
  readonly origin: string
}

/** The mailbox as a page: the list on one side, the chosen mail beside it, and no script. */
export function mailboxPage(mails: readonly PresentedMail[], shown: Shown): Html {
  const { open, refresh } = shown
  // The list refreshes itself, but not while a mail is open.
  const isWaiting = open === null && refresh === 'on'
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
${isWaiting ? html`<meta http-equiv="refresh" content="4">` : ''}
<title>${titleOf(mails, open)}</title>
<style>${new Html(mailboxStyle)}</style>
</head>
<body class="${open === null ? 'choosing' : 'reading'}">
<header class="bar">
<h1><a href="mailbox">Mailbox</a></h1>
<p>${count(mails)}</p>
<nav aria-label="Mailbox">${open === null ? toggle(refresh) : ''}<a href="mailbox.json">JSON</a></nav>
</header>
${mails.length === 0 ? emptiness(shown) : html`${list(mails, shown)}<main>${reader(shown)}</main>`}
</body>
</html>
`
}

function titleOf(mails: readonly PresentedMail[], open: Shown['open']): string {
  if (open === null || open === 'gone') return `Mailbox (${mails.length})`
  return `${open.subject} – Mailbox`
}

function count({ length }: readonly PresentedMail[]): string {
  if (length === 0) return 'Development, no mail'
  return `Development, ${length} ${length === 1 ? 'mail' : 'mails'}`
}

// WCAG 2.2.2: a page that refreshes itself must have a way to stop it.
function toggle(refresh: 'on' | 'off'): Html {
  if (refresh === 'off') return html`<a href="mailbox">Refresh by itself</a>`
  return html`<a href="mailbox?refresh=off">Stop refreshing</a>`
}

function emptiness({ open, origin }: Shown): Html {
  return html`<main class="hint">
<h2>${open === 'gone' ? 'This mail is gone' : 'No mail yet'}</h2>
<p>Mails stay here instead of being sent, until the server stops. Ask for one as the demo user, or with the address of anybody who has signed up:</p>
<pre><code>curl ${origin}/v1/passwords -d email_address=demo@example.com</code></pre>
${open === 'gone' ? html`<p><a href="mailbox">Wait for new mails</a></p>` : ''}
</main>`
}

function list(mails: readonly PresentedMail[], { open, screen }: Shown): Html {
  const items = mails.map((mail) => {
    const current = mail === open ? html` aria-current="true"` : ''
    return html`<li><a href="${linkTo(mail, { view: 'html', screen })}"${current}>
<span class="subject">${mail.subject}</span>
<span class="to">${mail.to}</span>
${time(mail.date)}
</a></li>
`
  })
  return html`<nav class="list" aria-label="Mails, newest first"><ol>
${items}</ol></nav>
`
}

function reader({ open, view, screen }: Shown): Html {
  if (open === null) return html`<p class="hint">Choose a mail to read it.</p>`
  const back = html`<a class="back" href="mailbox">All mails</a>`
  if (open === 'gone') {
    return html`<div class="hint">${back}<h2>This mail is gone</h2>
<p>The mailbox keeps the last mails, until the server stops.</p></div>`
  }
  return html`<article>
<header>
${back}
<h2>${open.subject}</h2>
<dl>
<div><dt>From</dt><dd>${open.from}</dd></div>
<div><dt>To</dt><dd>${open.to}</dd></div>
<div><dt>Date</dt><dd>${time(open.date)}</dd></div>
</dl>
<div class="tabs">${views(open, { view, screen })}${view === 'html' ? screens(open, screen) : ''}</div>
</header>
${view === 'html' ? frame(open, screen) : html`<pre class="text">${linked(open.text)}</pre>`}
</article>`
}

function views(mail: PresentedMail, { view, screen }: Look): Html {
  const tab = (of: Look['view'], name: string) =>
    html`<a href="${linkTo(mail, { view: of, screen })}"${of === view ? currentPage : ''}>${name}</a>`
  return html`<nav aria-label="View">${tab('html', 'HTML')}${tab('text', 'Text')}</nav>`
}

function screens(mail: PresentedMail, screen: Look['screen']): Html {
  const tab = (of: Look['screen'], name: string) =>
    html`<a href="${linkTo(mail, { view: 'html', screen: of })}"${of === screen ? currentPage : ''}>${name}</a>`
  return html`<nav aria-label="Screen">${tab('own', 'As yours')}${tab('light', 'Light')}${tab('dark', 'Dark')}</nav>`
}

const currentPage = html` aria-current="page"`

// SECURITY: a mail cannot run scripts, or read anything of this page. Its links may open tabs outside the sandbox,
// since the page for a reset needs its script and its form.
//
// The class sets the colour scheme of the element, which a browser also uses for the content of the frame.
function frame({ subject, html: body }: PresentedMail, screen: Look['screen']): Html {
  const content = `<base target="_blank">${body}`
  return html`<iframe class="${screen}" title="${subject}" sandbox="allow-popups allow-popups-to-escape-sandbox" srcdoc="${content}"></iframe>`
}

const address = /(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)])/

function linked(text: string): Html[] {
  // The pattern has one group, so every second piece is a match.
  return text
    .split(address)
    .map((piece, index) =>
      index % 2 === 0
        ? html`${piece}`
        : html`<a href="${piece}" target="_blank" rel="noreferrer">${piece}</a>`,
    )
}

function linkTo({ id }: PresentedMail, { view, screen }: Look): string {
  const text = view === 'text' ? '&view=text' : ''
  const own = screen === 'own' ? '' : `&screen=${screen}`
  return `mailbox?mail=${encodeURIComponent(id)}${text}${own}`
}

function time(instant: string): Html {
  // The reader sits at this machine, so its time zone is theirs.
  clock ??= new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
  return html`<time datetime="${instant}">${clock.format(new Date(instant))}</time>`
}

// Made when it is first needed: it loads the data of all languages, which a server in production does not need.
let clock: Intl.DateTimeFormat | null = null

import { Html, html } from '../../core/html.ts'
import { type MailColors, paper } from './colors.ts'
import { type Letter, signature } from './letter.ts'

/**
 * A letter as HTML: one card, in the reader's own font, which loads nothing.
 *
 * The plain link is at the end, to be copied, or so that the reader can see where it leads. Many programs ignore style
 * sheets, so each element has its light style inline; the style sheet is for dark screens. The tables are for Outlook,
 * which can centre nothing else and gives links no padding; the second `lang` is for programs that drop that of the
 * document.
 */
export function pageOf(letter: Letter): string {
  const { subject, language, site, before, after, link, colors } = letter
  const { desk, card, line, ink, quiet } = paper.light
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<title>${subject}</title>
<style>${darkStyle(colors)}</style>
<!--[if mso]><style>* { font-family: Segoe UI, Arial, sans-serif !important; }</style><![endif]-->
</head>
<body class="desk" style="margin:0;overflow-wrap:anywhere;background-color:${desk};color:${ink};font:16px/1.5 ${font}">
<div style="display:none;max-height:0;overflow:hidden">${before[0] ?? ''}</div>
<table role="presentation" lang="${language}" class="desk" width="100%" cellpadding="0" cellspacing="0" style="background-color:${desk}">
<tr><td align="center" style="padding:32px 12px">
<!--[if mso]><table role="presentation" width="560" cellpadding="0" cellspacing="0"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;text-align:left">
<tr><td class="ink" style="padding:0 8px 16px;color:${ink};font:600 16px/1.5 ${font}">${site}</td></tr>
<tr><td class="card ink" style="padding:32px 24px 16px;border:1px solid ${line};border-radius:12px;background-color:${card};color:${ink};font:16px/1.5 ${font}">
<h1 style="margin:0;font:600 22px/1.3 ${font}">${subject}</h1>
${before.map(paragraph)}${button(letter)}
${after.map(paragraph)}<p class="line quiet" style="margin:24px 0 0;padding:16px 0 0;border-top:1px solid ${line};color:${quiet};font:14px/1.5 ${font};word-break:break-all">${link}</p>
</td></tr>
<tr><td class="quiet" style="padding:16px 8px 0;color:${quiet};font:14px/1.5 ${font}">${signature(letter)}</td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
`.markup
}

const font = 'system-ui,-apple-system,Segoe UI,Roboto,Helvetica,Arial,sans-serif'

function paragraph(words: string): Html {
  return html`<p style="margin:16px 0">${words}</p>
`
}

function button({ button, link, colors: { light } }: Letter): Html {
  return html`<table role="presentation" cellpadding="0" cellspacing="0" style="margin:24px 0">
<tr><td class="button" align="center" style="border-radius:8px;background-color:${light.accent};mso-padding-alt:12px 20px"><a href="${link}" class="button" style="display:block;padding:12px 20px;border-radius:8px;background-color:${light.accent};color:${light.onAccent};font:600 16px/24px ${font};text-decoration:none">${button}</a></td></tr>
</table>`
}

// SECURITY: nothing is escaped here, since `requireReadable` has checked the colours.
function darkStyle({ dark }: MailColors): Html {
  const { desk, card, line, ink, quiet } = paper.dark
  return new Html(`
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .desk { background-color: ${desk} !important; }
  .card { background-color: ${card} !important; }
  .card, .line { border-color: ${line} !important; }
  .ink { color: ${ink} !important; }
  .quiet { color: ${quiet} !important; }
  .button { background-color: ${dark.accent} !important; color: ${dark.onAccent} !important; }
}
`)
}

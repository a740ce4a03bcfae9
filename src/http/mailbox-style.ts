/** The style sheet of the mailbox: two columns on a wide screen, the list or the mail on a narrow one. */
export const mailboxStyle = `
:root {
  color-scheme: light dark;
  --desk: #f2f4f8;
  --paper: #ffffff;
  --ink: #161a24;
  --quiet: #566074;
  --line: #d8dde8;
  --accent: #1f4fd8;
  --chosen: #e4ebff;
}
@media (prefers-color-scheme: dark) {
  :root {
    --desk: #0e1015;
    --paper: #171a22;
    --ink: #e7eaf2;
    --quiet: #a1a9bb;
    --line: #2c313e;
    --accent: #93b1ff;
    --chosen: #202c50;
  }
}
* { box-sizing: border-box; }
body {
  display: grid;
  grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
  height: 100dvh;
  margin: 0;
  background: var(--desk);
  color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
h1, h2, p, dl, dd, ol, pre { margin: 0; }
ol { padding: 0; list-style: none; }
a { color: var(--accent); text-underline-offset: 3px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }

.bar {
  grid-column: 1 / -1;
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  gap: 2px 16px;
  padding: 12px 20px;
  border-bottom: 1px solid var(--line);
  background: var(--paper);
}
.bar h1 { font-size: 20px; line-height: 1.3; }
.bar h1 a { color: inherit; text-decoration: none; }
.bar p { color: var(--quiet); }
.bar nav { display: flex; gap: 16px; margin-left: auto; }

.list { overflow-y: auto; }
.list a {
  display: grid;
  padding: 12px 20px;
  border-bottom: 1px solid var(--line);
  border-left: 4px solid transparent;
  color: inherit;
  text-decoration: none;
}
.list a:hover { background: var(--paper); }
.list a[aria-current] { border-left-color: var(--accent); background: var(--chosen); }
.list a:focus-visible { outline-offset: -3px; }
.subject { font-weight: 600; overflow-wrap: anywhere; }
.to, time { color: var(--quiet); font-size: 14px; overflow-wrap: anywhere; }

main { min-width: 0; overflow-y: auto; background: var(--paper); }
article { display: flex; flex-direction: column; min-height: 100%; }
article header { padding: 16px 20px 0; border-bottom: 1px solid var(--line); }
h2 { font-size: 22px; line-height: 1.3; overflow-wrap: anywhere; }
dl { margin: 8px 0 12px; }
dl div { display: flex; gap: 12px; }
dt { flex: 0 0 40px; color: var(--quiet); }
dd { min-width: 0; overflow-wrap: anywhere; }
dd time { color: inherit; font-size: inherit; }
.tabs { display: flex; flex-wrap: wrap; justify-content: space-between; margin-inline: -12px; }
.tabs nav { display: flex; gap: 4px; }
.tabs a {
  padding: 8px 12px;
  border-bottom: 3px solid transparent;
  color: var(--quiet);
  text-decoration: none;
}
.tabs a:hover { color: var(--ink); }
.tabs a[aria-current] { border-bottom-color: var(--accent); color: var(--ink); font-weight: 600; }
iframe { flex: 1 0 320px; width: 100%; border: 0; }
.light { color-scheme: light; }
.dark { color-scheme: dark; }
.text {
  padding: 20px;
  font: 15px/1.6 ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
  overflow-wrap: anywhere;
  white-space: pre-wrap;
}
.text a { text-underline-offset: 5px; }

.hint { padding: 48px 20px; color: var(--quiet); text-align: center; }
.hint h2 { margin-bottom: 8px; color: var(--ink); }
.hint p { max-width: 60ch; margin-inline: auto; }
.hint code { font: inherit; }
.hint pre {
  max-width: 720px;
  margin: 20px auto;
  padding: 14px 16px;
  border: 1px solid var(--line);
  border-radius: 8px;
  background: var(--desk);
  color: var(--ink);
  font: 14px/1.6 ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
  overflow-wrap: anywhere;
  text-align: left;
  white-space: pre-wrap;
}

@media (max-width: 799px) {
  .choosing { grid-template-rows: auto minmax(0, 1fr) auto; }
  .choosing .list + main { border-top: 1px solid var(--line); }
  .choosing .list + main .hint { padding: 12px 20px; }
  .choosing main.hint { grid-row: 2 / -1; }
  .reading .list { display: none; }
  .back { display: inline-block; margin-bottom: 8px; }
}
@media (min-width: 800px) {
  body { grid-template-columns: minmax(280px, 360px) minmax(0, 1fr); }
  .list { border-right: 1px solid var(--line); }
  main.hint { grid-column: 1 / -1; }
  .list + main .back { display: none; }
}
`

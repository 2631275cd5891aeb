/** The page's whole style. Colours are pairs with a contrast of at least 4.5 in either scheme (WCAG 2.2, 1.4.3). */
export const PAGE_STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --panel: #f4f6f8; --line: #c9d1d9; --text: #1c2128; --muted: #57606a;
  --link: #0756b8; --good: #11652c; --warn: #7d4a00; --bad: #b3141d; --calm: #0b5c83;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1419; --panel: #1a2129; --line: #3a4450; --text: #e4eaf0; --muted: #a0acb8;
    --link: #7ab7ff; --good: #63d188; --warn: #edb458; --bad: #ff8f8a; --calm: #72c7ee;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 1rem 1.25rem 3rem; max-width: 90rem;
  background: var(--page); color: var(--text);
  font: 0.9375rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.375rem; }
h2 { margin: 2.25rem 0 0.5rem; font-size: 1.125rem; }
p { margin: 0.25rem 0; }
a { color: var(--link); text-underline-offset: 0.15em; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
:target { scroll-margin-top: 1rem; }
.skip { position: absolute; left: -100vw; padding: 0.25rem 0.5rem; background: var(--page); }
.skip:focus { left: 0.5rem; top: 0.5rem; }
.muted { color: var(--muted); }
.small { font-size: 0.8125rem; }
.good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .calm { color: var(--calm); }
.badge {
  display: inline-block; padding: 0 0.5rem; border: 1px solid; border-radius: 1rem;
  font-size: 0.8125rem; font-weight: 600; white-space: nowrap;
}
.notice { margin: 0.75rem 0; padding: 0.5rem 0.75rem; border-left: 4px solid; background: var(--panel); }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin: 0.5rem 0; padding: 0; list-style: none; }
nav a, caption a { display: inline-block; padding: 0.25rem 0; margin-right: 0.5rem; }
form {
  display: flex; flex-wrap: wrap; gap: 0.5rem 0.75rem; align-items: end;
  padding: 0.75rem; border-radius: 0.5rem; background: var(--panel);
}
label { display: block; font-size: 0.8125rem; font-weight: 600; }
input, select, button {
  min-height: 2.5rem; padding: 0.25rem 0.625rem; border: 1px solid var(--muted); border-radius: 0.375rem;
  background: var(--page); color: var(--text); font: inherit;
}
.grow { flex: 1 1 14rem; } .grow input { width: 100%; }
button { padding: 0.25rem 1rem; border-color: var(--link); color: var(--link); font-weight: 600; cursor: pointer; }
form a { display: inline-block; padding: 0.5rem 0; }
table { width: 100%; margin-top: 0.5rem; border-collapse: collapse; }
caption { padding: 0.25rem 0; text-align: left; color: var(--muted); font-size: 0.8125rem; }
th, td { padding: 0.4375rem 0.75rem 0.4375rem 0; text-align: left; vertical-align: top; }
tr > :last-child { padding-right: 0; }
thead th { border-bottom: 2px solid var(--line); color: var(--muted); font-size: 0.8125rem; white-space: nowrap; }
tbody tr > * { border-bottom: 1px solid var(--line); }
tbody th { font-weight: 600; } tbody th .muted { font-weight: 400; }
td p:first-child { margin-top: 0; }
footer { margin-top: 2rem; }
th, td, p { overflow-wrap: anywhere; }
time, .keep { overflow-wrap: normal; white-space: nowrap; }
code { font: 0.875em/1.5 ui-monospace, monospace; }
.families { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 0 2rem; }
h3 { margin: 0.75rem 0 0; font-size: 1rem; }
@media (min-width: 60.0625rem) {
  [data-label='Content'] { min-width: 11rem; } [data-label='What'] { width: 50%; }
  table:has([data-label='State'] p) [data-label='State'] { width: 28%; }
  [data-label='Why'] { width: 35%; }
}
@media (max-width: 60rem) {
  body { padding: 0.75rem 0.75rem 2rem; }
  table, caption, tr, td, tbody th { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tbody { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 0.625rem; }
  tbody tr { padding: 0.5rem 0.75rem; border: 1px solid var(--line); border-radius: 0.5rem; }
  tbody tr > * { padding: 0.125rem 0; border: 0; }
  tbody td { display: grid; grid-template-columns: 5.75rem minmax(0, 1fr); gap: 0.5rem; }
  tbody td::before { content: attr(data-label); color: var(--muted); font-size: 0.8125rem; }
}
`;

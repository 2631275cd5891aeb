/**
 * What must not reach a terminal, a page or a line of a log as it came: control characters, and those that are not
 * seen or turn the reading direction. Unicode categories Cc and Cf, but for the joiners that scripts and emoji need.
 */
const UNSEEN =
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E007F}\p{Cs}]/gu;

/** Text of others, with nothing in it that hides or steers: each such character is a U+FFFD, a break of lines a blank. */
export function shownText(text: string): string {
  return text.replace(/[\t\n\v\f\r\u0085\u2028\u2029]+/g, ' ').replace(UNSEEN, '\uFFFD');
}

/** The same characters, each as the escape that JSON has for it: for a line of JSON, where nothing is lost so. */
export function escapedLine(json: string): string {
  return json.replace(UNSEEN, (found) => (found === '\n' ? found : found.replace(/[^]/g, escapeOf)));
}

function escapeOf(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Characters of a raw value that a message repeats. */
const QUOTED_LENGTH = 300;

/** More of a kind than this are told by their number. */
const TOLD = 10;

/** The first of many messages, and one that says how many more there are. */
export function fewOf(messages: readonly string[], rest: (count: number) => string): readonly string[] {
  const untold = messages.length - TOLD;
  return untold <= 1 ? messages : [...messages.slice(0, TOLD), rest(untold)];
}

/** A raw value for a message, in quotes; a long one is cut, so that no message is longer than a person reads. */
export function quoted(raw: string): string {
  return raw.length <= QUOTED_LENGTH
    ? `"${raw}"`
    : `"${raw.slice(0, QUOTED_LENGTH)}…" (${raw.length} characters)`;
}

import { isIPv6 } from 'node:net';
import { counted } from '../domain/counted.ts';
import { shownText } from '../domain/shown-text.ts';
import type { PlanLine } from '../plan/describe.ts';

/** Found again by a bot that keeps one comment up to date instead of adding one a push. */
export const COMMENT_MARKER = '<!-- routeflare plan -->';

/** GitHub takes comments of up to 65,536 characters. */
const MOST_LINES = 200;

const WORD: Readonly<Record<PlanLine['sign'], string>> = {
  '+': 'create',
  '~': 'change',
  '-': 'delete',
  '!': 'problem',
};

export interface MarkdownOptions {
  /** Whether IP addresses are written out. A pull request is often read by more people than the records are for. */
  readonly showAddresses: boolean;
}

/** The plan as a comment on a pull request: a summary, a table of changes, what stands in the way, and the notes. */
export function planMarkdown(
  lines: readonly PlanLine[],
  notes: readonly string[],
  { showAddresses }: MarkdownOptions,
): string {
  const shown = (text: string): string => (showAddresses ? text : shortened(text));
  const changes = lines.filter(({ sign }) => sign !== '!');
  const problems = lines.filter(({ sign }) => sign === '!');
  const parts = [`${COMMENT_MARKER}\n### DNS records\n`, `${summary(lines)}\n`];
  if (changes.length > 0) {
    const rows = changes
      .slice(0, MOST_LINES)
      .map(
        ({ sign, name, type, from, to, source, reason }) =>
          `| ${WORD[sign]} | ${code(name)} | ${type} | ${code(shown(from))} | ${code(shown(to))} | ${code(source)} | ${prose(shown(reason))} |\n`,
      );
    parts.push(
      `| | name | type | from | to | source | why |\n| --- | --- | --- | --- | --- | --- | --- |\n${rows.join('')}`,
    );
    parts.push(more(changes.length));
  }
  if (problems.length > 0) {
    const items = problems.slice(0, MOST_LINES).map(({ name, type, source, reason }) => {
      const about = [code(name), type, code(source)].filter((part) => part !== '').join(' ');
      return `- ${about === '' ? '' : `${about}: `}${prose(shown(reason))}\n`;
    });
    parts.push(`**In the way, or waiting**\n\n${items.join('')}`, more(problems.length));
  }
  if (notes.length > 0) {
    const items = notes.slice(0, MOST_LINES).map((note) => `- ${prose(shown(note))}\n`);
    parts.push(`<details><summary>Notes</summary>\n\n${items.join('')}\n</details>\n`);
  }
  return parts.filter((part) => part !== '').join('\n');
}

function summary(lines: readonly PlanLine[]): string {
  const count = (sign: PlanLine['sign']): number => lines.filter((line) => line.sign === sign).length;
  if (lines.length === 0) return 'Nothing changes.';
  const problems = count('!');
  return `${count('+')} to create, ${count('~')} to change, ${count('-')} to delete, ${counted(problems, 'problem')}`;
}

function more(count: number): string {
  return count > MOST_LINES ? `… and ${count - MOST_LINES} more\n` : '';
}

/** A span that shows its text as it is: nothing in it is markup, a mention or a link. */
function code(text: string): string {
  if (text === '') return '';
  return `\`${shownText(text)
    .replaceAll('`', "'")
    .replaceAll(/\s+/g, ' ')
    .replaceAll('|', String.raw`\|`)}\``;
}

/** Text without markup and without mentions, whoever wrote what it quotes. */
function prose(text: string): string {
  return shownText(text)
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_[\]|~#!]/g, String.raw`\$&`)
    .replaceAll('@', '@\u200B')
    .replaceAll('://', ':\u200B//');
}

/** The first half of each IPv4 address and the first two groups of each IPv6 address. */
export function shortened(text: string): string {
  return text
    .replaceAll(/(?<![\w.-])(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}(?!\.?[\w-])/g, '$1.…')
    .replaceAll(/(?<![\w:.])[\da-f]*:[\da-f:.]*(?![\w:])/gi, (found) => {
      const address = found.replace(/[.:]$/, (end) => (found.endsWith('::') ? end : ''));
      if (!isIPv6(address)) return found;
      return `${address.split(':').slice(0, 2).join(':')}:…${found.slice(address.length)}`;
    });
}

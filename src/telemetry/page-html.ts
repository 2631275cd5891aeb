import { shownText } from '../domain/shown-text.ts';

/** What a template takes between its tags: text, which is escaped, or more HTML. */
type Child = string | number | Html | readonly Child[] | undefined;

/** HTML whose texts are escaped when it is rendered, and not before: nothing can be escaped twice, or never. */
export class Html {
  readonly markup: readonly string[];
  readonly children: readonly Child[];

  constructor(markup: readonly string[], children: readonly Child[]) {
    this.markup = markup;
    this.children = children;
  }
}

/** The tag of HTML templates. A value stands between tags, or in an attribute with double quotes. */
export function html(markup: TemplateStringsArray, ...children: readonly Child[]): Html {
  return new Html(markup, children);
}

/** @param clean is given each text before it is escaped */
export function renderHtml(node: Html, clean: (text: string) => string): string {
  const child = (value: Child): string => {
    if (value === undefined) return '';
    if (value instanceof Html) return renderHtml(value, clean);
    if (typeof value === 'string') return escaped(clean(value));
    return typeof value === 'number' ? String(value) : value.map((one) => child(one)).join('');
  };
  return node.markup.map((text, at) => text + child(node.children[at])).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Comments and annotations can be anybody's. */
function escaped(text: string): string {
  return shownText(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

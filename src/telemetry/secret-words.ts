const SHOWN = '[secret]';
const SHORTEST = 4;

/** The texts that must not leave the process in a log line, an Event or a page, in every form they may take. */
export class SecretWords {
  readonly #forms = new Set<string>();

  /** Hides `text` from now on. Texts of less than four characters are too common to be replaced. */
  add(text: string): void {
    if (text.length < SHORTEST) return;
    this.#forms.add(text);
    this.#forms.add(JSON.stringify(text).slice(1, -1));
    this.#forms.add(encodeURIComponent(text));
    this.#forms.add(Buffer.from(text, 'utf8').toString('base64').replace(/=+$/, ''));
  }

  /** The same text with every secret replaced. */
  redact(text: string): string {
    let shown = text;
    for (const form of this.#forms) {
      if (shown.includes(form)) shown = shown.replaceAll(form, SHOWN);
    }
    return shown;
  }
}

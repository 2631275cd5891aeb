/** A line for the person who started it. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

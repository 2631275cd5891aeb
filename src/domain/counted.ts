/** A number with its noun, as people write it: "1 zone", "2 zones". */
export function counted(count: number, noun: string, several = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : several}`;
}

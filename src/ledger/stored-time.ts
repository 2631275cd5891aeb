/**
 * A time as every column holds it: ISO 8601 UTC with milliseconds, so that text order is time order.
 * @throws RangeError for text that is no time
 */
export function storedTime(text: string): string {
  return new Date(text).toISOString();
}

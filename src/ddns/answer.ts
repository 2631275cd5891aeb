import { parseAddress } from '../domain/address.ts';
import { err, ok, type Result } from '../domain/result.ts';

/** `trace`: lines of `key=value` as Cloudflare's `/cdn-cgi/trace` sends them. `either`: that, or plain text. */
export type AnswerFormat = 'text' | 'trace' | 'either';

/**
 * Reads the address out of an echo service's body: nothing but the address and white space around it, or a trace.
 * A trace must name the host that was asked (`h`), else another answered in its place, and must not have come
 * through a tunnel (`warp`, `gateway`), whose address is not this cluster's.
 * @returns the address as it was sent, of either family and any class, or why there is none
 */
export function readAnswer(body: string, format: AnswerFormat, asked: URL): Result<string, string> {
  const isTrace = format === 'trace' || (format === 'either' && /^ip=/m.test(body));
  return isTrace ? readTrace(body, asked) : readAddress(body);
}

/** The one address that a plain-text answer consists of. */
export function readAddress(text: string): Result<string, string> {
  const trimmed = text.trim();
  if (trimmed === '') return err('the answer is empty');
  const isAddress = /^[0-9a-fA-F:.]+$/.test(trimmed) && parseAddress(trimmed).ok;
  return isAddress ? ok(trimmed) : err(`${excerpt(trimmed)} is not an IP address`);
}

function readTrace(body: string, asked: URL): Result<string, string> {
  const fields = new Map<string, string>();
  for (const line of body.split(/\r?\n/)) {
    const equals = line.indexOf('=');
    if (equals === -1) continue;
    const key = line.slice(0, equals);
    if (fields.has(key)) return err(`the trace says ${excerpt(key)} twice`);
    fields.set(key, line.slice(equals + 1));
  }
  const ip = fields.get('ip');
  if (ip === undefined) return err('the answer is not a trace');
  const host = fields.get('h');
  if (host !== asked.hostname && host !== asked.host) {
    return err(`the trace is of ${host === undefined ? 'no host' : excerpt(host)}, not of ${asked.hostname}`);
  }
  for (const tunnel of ['warp', 'gateway']) {
    const value = fields.get(tunnel) ?? 'off';
    if (value !== 'off') return err(`the trace came through a tunnel (${tunnel}=${excerpt(value)})`);
  }
  return readAddress(ip);
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}

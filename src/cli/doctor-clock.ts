import http from 'node:http';
import https from 'node:https';
import { findingsOf, type DoctorFinding } from './doctor-finding.ts';

const { ok, note, bad } = findingsOf('clock');

const ANSWER_MS = 10_000;
/** A Date header has whole seconds, and the answer took some time. */
const FINE_SECONDS = 5;

/** Compares our clock with the Date header of a server's answer, whatever the answer. No token is sent. */
export async function examineClock(url: URL, now: () => number): Promise<DoctorFinding> {
  const date = await dateOf(url);
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return note(`${url.host} does not tell the time`);
  const seconds = Math.round((now() - theirs) / 1000);
  const skew = Math.abs(seconds);
  if (skew <= FINE_SECONDS) return ok(`our clock agrees with that of ${url.host}`);
  return bad(
    `our clock is ${skew} s ${seconds > 0 ? 'ahead of' : 'behind'} that of ${url.host}`,
    'have the node synchronise its clock (NTP)',
  );
}

function dateOf(url: URL): Promise<string | undefined> {
  const { get } = url.protocol === 'http:' ? http : https;
  return new Promise((resolve) => {
    const asked = get(url, { timeout: ANSWER_MS, agent: false }, (answer) => {
      answer.destroy();
      resolve(answer.headers.date);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', () => resolve(undefined));
  });
}

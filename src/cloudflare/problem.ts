import type { ApiProblem, ApiProblemKind } from '../domain/write.ts';

/** Longest text of a problem, in characters: it goes into logs, Events and the history. */
const MESSAGE_LIMIT = 300;

export interface ProblemFacts {
  readonly status?: number | undefined;
  readonly codes?: readonly number[];
  readonly retryAfterMs?: number | undefined;
}

export interface Failed {
  readonly ok: false;
  readonly problem: ApiProblem;
}

/** `message` must already be free of secrets. Control characters are flattened, so a log line stays one. */
export function failed(kind: ApiProblemKind, message: string, facts: ProblemFacts = {}): Failed {
  const flat = message.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return {
    ok: false,
    problem: {
      kind,
      message: flat.length > MESSAGE_LIMIT ? `${flat.slice(0, MESSAGE_LIMIT - 1)}…` : flat,
      status: facts.status,
      codes: facts.codes ?? [],
      retryAfterMs: facts.retryAfterMs,
    },
  };
}

/** A success whose content is not what was asked for: read as nothing at all, never as an empty answer. */
export function unusable(message: string): Failed {
  return failed('unavailable', message, { status: 200 });
}

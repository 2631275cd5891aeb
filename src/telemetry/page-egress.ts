import type { EgressState, Vote } from '../domain/egress.ts';
import { unreachable } from '../domain/result.ts';
import { html, type Html } from './page-html.ts';
import { badge, breakable, cell, contentText, moment, rowHead, table, type Tone } from './page-parts.ts';

const TONE: Readonly<Record<EgressState['status'], Tone>> = {
  confirmed: 'good',
  unconfirmed: 'warn',
  conflict: 'bad',
  unavailable: 'bad',
  disabled: 'muted',
};

/** The verdict on one family's egress address, and every vote of the last round. */
export function egressFamily(state: EgressState, now: number): Html {
  const votes = state.votes.map(voteRow);
  const caption = `Votes of the last round for IPv${state.family}`;
  return html`<div>
    <h3>IPv${state.family} ${badge(state.status, TONE[state.status])}</h3>
    <p>${verdict(state, now)}</p>
    ${votes.length === 0 ? undefined : table(caption, ['Voter', 'Operator', 'Answer'], votes)}
  </div>`;
}

function verdict(state: EgressState, now: number): Html {
  switch (state.status) {
    case 'confirmed':
      return html`${contentText(state.address)}, confirmed ${moment(state.confirmedAt, now)} by
      ${state.voters.join(', ')}`;
    case 'unconfirmed':
      return state.address === undefined
        ? html`${state.why}`
        : html`${contentText(state.address)}: ${state.why}`;
    case 'conflict':
      return html`${state.why}: ${state.addresses.map((address) => html`${contentText(address)} `)}`;
    case 'unavailable':
      return html`${state.why}`;
    case 'disabled':
      return html`<span class="muted"
        >Nobody is asked: nothing uses the egress address of this family.</span
      >`;
    default:
      return unreachable(state);
  }
}

function voteRow({ voter, operator, address, refused }: Vote): Html {
  const answer =
    refused === undefined
      ? contentText(address ?? 'none')
      : html`${address === undefined ? undefined : html`${contentText(address)} `}<span class="warn"
            >${refused}</span
          >`;
  return html`${rowHead(breakable(voter))}${cell('Operator', html`<span class="keep">${operator}</span>`)}${cell('Answer', answer)}`;
}

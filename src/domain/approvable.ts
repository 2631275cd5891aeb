/** A record that only a person's word lets go. `why` is the evidence, or whose the marker is. */
export interface Approvable {
  readonly kind: 'held' | 'orphan' | 'left';
  readonly recordId: string;
  readonly zoneId: string;
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly content: string;
  readonly why: string;
}

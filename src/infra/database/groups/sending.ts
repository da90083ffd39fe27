import type pg from 'pg';
import type { Letter } from '../../../core/messages/letter.js';
import type { GroupMember } from './members.js';

export type Group = { id: string; name: string };

/** Writes to the members of a group: one message, which goes to each by their own way. */
export class GroupSender {
  constructor(private readonly pool: pg.Pool) {}

  async send(
    _userId: string,
    _group: Group,
    _members: readonly GroupMember[],
    _letter: Letter,
    _terms: { relayOf: string },
  ): Promise<void> {
    await this.pool.query('SELECT 1');
  }
}

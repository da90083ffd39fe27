import type pg from 'pg';
import { DomainError } from '../../../core/errors.js';
import type { Letter } from '../../../core/messages/letter.js';
import { type Accepted, accept, type Terms } from '../messages/accept.js';
import type { Planned, Planner, Ways } from '../messages/planner.js';
import { inTransaction } from '../pool.js';
import { type GroupMember, membersOf } from './members.js';
import { makePlaces } from './places.js';

type Problem = { member: GroupMember; error: DomainError };
/** What else is stored with the message. */
export type Alongside = (sql: pg.PoolClient, messageId: string) => Promise<void>;

/** Writes to the members of a group: one message, which goes to each by their own way. */
export class GroupSender {
  constructor(
    private readonly pool: pg.Pool,
    private readonly planner: Planner,
  ) {}

  /**
   * Accepts it for those who can be reached, and notes the others with the reason. `except`: who said it.
   * @throws DomainError where nobody can be reached
   */
  async send(
    userId: string,
    groupId: string,
    letter: Letter,
    ways: Ways,
    terms: Omit<Terms, 'group'> & { relayOf?: string; except?: string },
    alongside?: Alongside,
  ): Promise<Accepted> {
    const { relayOf, except, ...rest } = terms;
    const members = (await membersOf(this.pool, [groupId])).filter(({ contactId }) => contactId !== except);
    const { planned, problems } = await this.#plan(userId, members, letter, { ...ways, groupId });
    if (planned.length === 0) throw nobodyReached(problems);
    const group = { conversationId: groupId, ...(relayOf === undefined ? {} : { relayOf }) };
    return inTransaction(this.pool, async (sql) => {
      const accepted = await accept(sql, userId, planned, letter, { ...rest, group });
      await noteUnreached(sql, accepted.messageId, problems);
      await alongside?.(sql, accepted.messageId);
      return accepted;
    });
  }

  async #plan(userId: string, members: readonly GroupMember[], letter: Letter, ways: Ways) {
    const places = await inTransaction(this.pool, (sql) => makePlaces(sql, userId, members));
    const planned: Planned[] = [];
    const problems: Problem[] = [];
    for (const [index, found] of (await this.planner.each(this.pool, userId, places, letter, ways)).entries()) {
      if ('problem' in found) problems.push({ member: members[index]!, error: found.problem });
      else planned.push(found);
    }
    return { planned, problems };
  }
}

async function noteUnreached(sql: pg.PoolClient, messageId: string, problems: readonly Problem[]): Promise<void> {
  if (problems.length === 0) return;
  await sql.query(
    `INSERT INTO unreached (message_id, contact_id, reason)
     SELECT $1, x.id, x.reason FROM unnest($2::uuid[], $3::text[]) AS x(id, reason)`,
    [messageId, problems.map(({ member }) => member.contactId), problems.map(({ error }) => error.message)],
  );
}

/** What is wrong with the message itself is said as everywhere. */
function nobodyReached(problems: readonly Problem[]): DomainError {
  const [first] = problems;
  if (!first) return new DomainError('invalid', 'nobody-reached', 'There is nobody in this group to send it to.');
  const codes = new Set(problems.map(({ error }) => error.code));
  if (codes.size === 1 && !OF_PEOPLE.has(first.error.code)) return first.error;
  const reasons = problems.slice(0, 3).map(({ member, error }) => `${member.name}: ${error.message}`);
  return new DomainError('invalid', 'nobody-reached', `Nobody in this group can be reached. ${reasons.join(' ')}`);
}

const OF_PEOPLE = new Set(['no-route', 'opted-out', 'not-reachable-via', 'address-of-another', 'invalid-address']);

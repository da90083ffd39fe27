import type { Supervisor } from '../../../core/accounts/supervisor.js';
import { resolveWithin } from '../../../core/delivery/resolve.js';
import { DomainError } from '../../../core/errors.js';
import { sampleAddresses } from '../../../core/links/addresses.js';
import { expectedCost, type Spent } from '../../../core/messages/cost.js';
import type { Letter } from '../../../core/messages/letter.js';
import type { Person } from '../../../core/messages/placeholders.js';
import { render } from '../../../core/messages/render.js';
import { checkWays, writtenOf } from '../../../core/messages/sendable.js';
import { wayTo } from '../../../core/messages/way.js';
import { type Asked, choose, type Directions } from '../../../core/routing/choose.js';
import type { Cost, Traits } from '../../../core/routing/conditions.js';
import { checkPolicy, policyOf } from '../../../core/routing/normalise.js';
import { type Occasion, type PlannedStep, plan } from '../../../core/routing/plan.js';
import type { RouteRequest, Urgency } from '../../../core/routing/policy.js';
import { AdapterError, type Clock, type ResolvedChat } from '../../../sdk/index.js';
import type { Place } from '../deliveries/chats.js';
import type { Sql } from '../pool.js';
import { type Reach, reachesOf } from './candidates.js';
import { lastSpent } from './costs.js';
import { personsOf } from './letters.js';
import { lookedUp, type StandingThere, standingOf } from './standing.js';

/** How a message wants to find its people. */
export type Ways = {
  via?: string | undefined;
  route?: RouteRequest | undefined;
  urgency?: Urgency | undefined;
  /** When it is to go; now, if absent. */
  at?: number | undefined;
  /** The group it is written in: its route counts for every member. */
  groupId?: string | undefined;
};

/** The ways of a message from one place. */
export type Outline = {
  place: Place;
  steps: (PlannedStep & { candidate: Reach })[];
  /** By what it goes, and who says so. */
  directions: Directions;
  /** The conversation whose forced account is not to be had any more: it is let go of with this message. */
  released: string | undefined;
};

/** A message whose ways are chosen and allowed; nothing of it is stored yet. */
export type Planned = {
  place: Place;
  /** Who it is, where the letter speaks of people. */
  person?: Person | undefined;
  steps: (PlannedStep & { candidate: Reach; resolved: ResolvedChat | undefined })[];
  directions?: Directions;
  released?: string | undefined;
};

/** Why it cannot go to somebody. */
export type Unplanned = { place: Place; problem: DomainError };

/** Chooses the ways of one message from each place, and refuses what could not go them. Stores nothing. */
export class Planner {
  constructor(
    private readonly supervisor: Supervisor,
    private readonly clock: Clock,
    /** Our address as others reach it, for links; undefined where there is none. */
    private readonly linkBase?: string,
  ) {}

  /** All places or none. @throws DomainError that names the first one it cannot go to */
  async plan(sql: Sql, userId: string, places: readonly Place[], letter: Letter, ways: Ways): Promise<Planned[]> {
    const found = await this.each(sql, userId, places, letter, ways);
    return found.map((one, index) => {
      if (!('problem' in one)) return one;
      throw places.length > 1 ? atPlace(one.problem, index) : one.problem;
    });
  }

  /** Each place for itself, in their order. @throws DomainError for a route that is none */
  async each(
    sql: Sql,
    userId: string,
    places: readonly Place[],
    letter: Letter,
    ways: Ways,
  ): Promise<(Planned | Unplanned)[]> {
    const persons = await personsOf(sql, userId, letter, places);
    const planned: (Planned | Unplanned)[] = [];
    for (const outline of await this.outline(sql, userId, places, letter, ways))
      planned.push('problem' in outline ? outline : await this.#allowed(outline, letter, persons));
    return planned;
  }

  /** The ways that would be chosen from each place: no network is asked, and nothing said of whether they can carry it. */
  async outline(
    sql: Sql,
    userId: string,
    places: readonly Place[],
    letter: Letter,
    ways: Ways,
  ): Promise<(Outline | Unplanned)[]> {
    const now = this.clock.now();
    const asked = await this.#asked(sql, userId, ways);
    const reaches = await reachesOf(sql, this.supervisor, userId, places, now);
    const standing = await standingOf(sql, userId, places, ways.groupId);
    const chosen = places.map((place) => {
      const there = standing.get(place.id) ?? { who: 'them', conversationId: place.id };
      const found = reaches.get(place.id) ?? [];
      return { place, there, found, ...choose(found, asked, there) };
    });
    const priced = chosen.filter(({ directions }) => limitsCost(directions));
    const accounts = priced.flatMap(({ found }) => found.map(({ accountId }) => accountId));
    const spent = await lastSpent(sql, [...new Set(accounts)]);
    const occasion = { traits: traitsOf(letter, ways), now, at: ways.at ?? now };
    return chosen.map((one) => outlined(one, occasion, (reach) => this.#cost(reach, letter, spent)));
  }

  async #asked(sql: Sql, userId: string, { via, route: asked }: Ways): Promise<Asked> {
    const route = await lookedUp(sql, userId, asked);
    if (route && !('policy' in route)) checkPolicy('mode' in route ? policyOf(route) : route);
    return { via, route };
  }

  async #allowed(
    outline: Outline,
    letter: Letter,
    persons: ReadonlyMap<string | null, Person>,
  ): Promise<Planned | Unplanned> {
    const { place, steps } = outline;
    const person = persons.get(place.contactId);
    try {
      const going = steps.filter(({ leftOut }) => leftOut === undefined);
      checkWays(
        letter,
        going.map(({ candidate }) => wayTo(this.supervisor, candidate)),
        { linkBase: this.linkBase, person },
      );
      const resolved: Planned['steps'] = [];
      for (const step of steps)
        resolved.push({ ...step, resolved: going.includes(step) ? await this.#resolve(step.candidate) : undefined });
      return { ...outline, steps: resolved, person };
    } catch (error) {
      if (error instanceof DomainError) return { place, problem: error };
      throw error;
    }
  }

  #cost(reach: Reach, letter: Letter, spent: ReadonlyMap<string, Spent>): Cost | undefined {
    const last = spent.get(reach.accountId);
    if (!last) return undefined;
    const addresses = this.linkBase === undefined ? undefined : sampleAddresses(this.linkBase, 0);
    // Close enough with its placeholders as they are.
    const written = { ...writtenOf(letter), personal: false };
    const { parts } = render(written, wayTo(this.supervisor, reach), undefined, addresses);
    return expectedCost(last, parts ?? 1);
  }

  /** Undefined where the network can only be asked later. @throws DomainError for an address that cannot be one */
  async #resolve({ accountId, chatId, target, network }: Reach): Promise<ResolvedChat | undefined> {
    const live = chatId === undefined ? this.supervisor.get(accountId) : undefined;
    if (!live) return undefined;
    try {
      return await resolveWithin(live.connection, target, this.clock);
    } catch (error) {
      if (!(error instanceof AdapterError)) throw error;
      if (error.kind !== 'rejected') return undefined;
      throw new DomainError(
        'invalid',
        'invalid-address',
        `${target} cannot be reached by ${network}: ${error.message}`,
        {
          fields: { route: `${target}: ${error.message}` },
          cause: error,
        },
      );
    }
  }
}

type Chosen = { place: Place; there: StandingThere; found: Reach[]; directions: Directions; released: boolean };

function outlined(
  { place, there, found, directions, released }: Chosen,
  occasion: Omit<Occasion, 'who'>,
  costOf: (reach: Reach) => Cost | undefined,
): Outline | Unplanned {
  try {
    const known = found.map((reach) => ({ ...reach, cost: costOf(reach) }));
    const steps = plan(known, directions, { ...occasion, who: there.who }).map((step) => ({
      ...step,
      candidate: known.find(({ id }) => id === step.candidate.id)!,
    }));
    return { place, steps, directions, released: released ? there.conversationId : undefined };
  } catch (error) {
    if (error instanceof DomainError) return { place, problem: error };
    throw error;
  }
}

const limitsCost = (directions: Directions): boolean =>
  directions.by === 'route' && directions.policy.steps.some(({ only }) => only?.maxCost !== undefined);

const traitsOf = ({ text, variants, files }: Letter, { urgency = 'normal' }: Ways): Traits => ({
  urgency,
  files: files.length,
  length: (channel) => (variants?.[channel]?.text ?? text).length,
});

/** Says which of many people the message could not go to. */
const atPlace = (problem: DomainError, index: number): DomainError =>
  new DomainError(problem.kind, problem.code, problem.message, {
    fields: { ...problem.fields, [`to.${index}`]: problem.message },
    cause: problem,
  });
